"""Documents that show when they were changed: one way to write a message as bytes, and Ed25519 signatures over them."""
