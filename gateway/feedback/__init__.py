"""FeedbackService: what callers learned to be true."""
