"""Thought: facts become a State, a State becomes a plan. Pure: no I/O, no clock, no dice."""
