"""How an analysis is made: who is asked what, what they say, and what becomes of it."""
