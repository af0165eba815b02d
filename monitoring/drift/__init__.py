"""Compares windows of the prediction log with a reference, and says in words what moved."""
