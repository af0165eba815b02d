"""The tests of a still picture, one a file."""
