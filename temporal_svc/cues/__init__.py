"""The tests of a video's movement, one a file."""
