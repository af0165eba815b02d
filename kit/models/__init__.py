"""Models as the services see them: cards, the registry, runtimes, calibration."""
