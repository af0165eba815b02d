"""Networks that are asked by many callers at once: requests share a batch, runs share the cores."""
