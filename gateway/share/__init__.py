"""ShareService: links to one analysis."""
