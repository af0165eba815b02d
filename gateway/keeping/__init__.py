"""What is kept, for how long, and how nothing is left of it."""
