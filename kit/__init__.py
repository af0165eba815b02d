"""Shared library of the services; usable without any of them."""
