"""What is shown of an analysis: its maps, and what those see who have a link."""
