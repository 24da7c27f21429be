"""Commands that stand on their own: one module each, joined in `pipelines.cli`."""
