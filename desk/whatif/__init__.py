"""The planner's what-ifs: ask, follow, read, compare. Counts of nobody, of the own corporation."""
