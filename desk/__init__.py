"""The face: what a coach, a planner, a steward and an administrator see and do."""
