"""Learning from video: fakes made from real clips, face clips, and the four tests of temporal_svc."""
