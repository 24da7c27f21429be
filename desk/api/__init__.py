"""The API beside the pages: what a coach and a planner see and do, for their programs."""
