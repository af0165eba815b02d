"""KeyService: whose signatures ours are."""
