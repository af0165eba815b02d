"""How the opinions of all tests become one: methods compared, weights, calibration, promised thresholds, missing signals."""
