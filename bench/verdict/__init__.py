"""How often verdicts are wrong, over photos, videos and recordings that nothing was fitted on? `python -m bench.verdict`."""
