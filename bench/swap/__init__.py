"""What swapping models costs the calls that are at work meanwhile."""
