"""The alerts of Prometheus, as data. `python -m monitoring.generate` writes them as rules; docs/runbook.md says what to do."""
