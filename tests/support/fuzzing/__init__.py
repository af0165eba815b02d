"""Requests that nobody would write, sent to a running gateway, and what is held against its answers."""
