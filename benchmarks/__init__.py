"""What README claims, repeatable by a stranger: `make bench`."""
