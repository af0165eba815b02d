"""The tests of sound, one a file."""
