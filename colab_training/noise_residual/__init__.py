"""Trains `noise_residual`: a network that looks for parts of a face which do not belong to the rest, at native resolution."""
