"""The door: who calls, may they, how often, how much, and by which way they came."""
