"""Twice the load that the stack can bear: what is refused, what is admitted and how soon it is answered, and whose turn it is."""
