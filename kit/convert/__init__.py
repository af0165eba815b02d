"""Conversions between the media, tensor and evidence worlds, each written once."""
