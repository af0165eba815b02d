"""Fits `av_coherence`: a linear test over seams of the sound track."""
