"""The training layer: makes the models of `models/` and their cards. Nothing here is imported by a service."""
