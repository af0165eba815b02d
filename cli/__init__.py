"""The command `telltale`: runs the whole stack, judges files, manages tokens and models."""
