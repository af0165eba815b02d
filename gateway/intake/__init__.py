"""Files coming in: received, inspected, taken on."""
