"""What a video costs: seconds of computing per second of playing time, and the peak memory of every service."""
