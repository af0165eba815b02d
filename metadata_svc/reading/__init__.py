"""Readers of hostile bytes: pure functions from bytes to JSON-able facts, run inside the decode sandbox only."""
