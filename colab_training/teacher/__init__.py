"""The teacher of the face finder: slow, good, and loaded by no service."""
