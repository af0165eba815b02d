"""What the Open Inference Protocol costs a call, against running the network in one process."""
