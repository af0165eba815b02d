"""`voice_spoof`: is the speech synthesised or vocoded? What makes the model of that name."""
