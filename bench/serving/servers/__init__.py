"""Each file is a server of the work in somebody else's framework. It runs in that framework's own environment."""
