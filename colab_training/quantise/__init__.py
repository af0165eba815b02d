"""Makes int8 variants of networks, and offers only those that lose nothing that can be measured."""
