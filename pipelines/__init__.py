"""Hands: the night's steps, the Prefect flows around them, and the command line."""
