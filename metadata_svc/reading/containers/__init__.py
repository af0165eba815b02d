"""Readers of the containers of videos and recordings: how a file was written, and what it says of its making."""
