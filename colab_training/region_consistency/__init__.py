"""Fits `region_consistency`: a small network over what every block says, and a test of the whole picture."""
