"""What evidence of earlier analyses saves that is taken over: a photo that comes again, beside one that is new."""
