"""Who did what and when: one entry a call in a log that only grows, each entry sealed by the hash of the one before."""
