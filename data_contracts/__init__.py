"""Words: what was agreed with the outside world. Shapes, facts, rules of the year, policy."""
