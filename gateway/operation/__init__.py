"""Long-running operations: found, watched, waited for, cancelled."""
