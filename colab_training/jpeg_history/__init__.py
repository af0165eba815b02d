"""Fits `jpeg_history`: two linear tests that turn measured histograms into calibrated likelihood ratios of an earlier JPEG."""
