"""Memory: log, State, plans, proposals and people, in PostgreSQL. The only room with SQL."""
