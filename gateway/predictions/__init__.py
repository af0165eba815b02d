"""What is counted and kept of every verdict for later analysis: numbers and names of tests, nothing of owners, files or media."""
