"""Real photos through the real services: the reference of the drift monitor, and what it says of photos that changed."""
