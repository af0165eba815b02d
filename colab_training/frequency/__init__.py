"""Fits `frequency`: a linear test over spectra and block-DCT statistics at native resolution."""
