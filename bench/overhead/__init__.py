"""What serving costs: one photo through Envoy, gateway, detectors and fusion, beside the same work in one process."""
