"""JSON schemas of custom resources, made from typed packages: `python -m tools.vendor_schemas` writes tests/k8s/schemas/."""
