"""What traces and metrics cost the detector that has the most to do."""
