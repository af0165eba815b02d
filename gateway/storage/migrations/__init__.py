"""Changes of the tables, in order. Each one runs once, in a transaction."""
