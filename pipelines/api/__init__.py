"""The gate for other systems: facts in over HTTP, one by one, each with its answer."""
