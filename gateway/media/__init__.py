"""MediaService: files that were handed to us."""
