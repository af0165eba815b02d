"""Orders: taken, found again, watched, cancelled, and ended once."""
