"""WebService: the page. Its files are in `assets/`."""
