"""Chaos: a whole stack at work while its processes are killed; afterwards, everything is counted."""
