"""Documents that show when they were changed: one way to write a message as bytes, keys, and signatures over them."""
