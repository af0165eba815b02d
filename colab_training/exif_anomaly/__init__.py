"""Learns which habits in writing EXIF tell cameras from programs that rewrite or make up tags."""
