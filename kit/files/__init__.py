"""Folders, S3 and GCS by one interface (fsspec): how they are opened, and what their libraries raise."""
