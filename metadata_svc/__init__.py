"""What do the bytes around the pixels tell: tags, encoder fingerprints, traces of software, signed provenance?"""
