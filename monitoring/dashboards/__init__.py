"""The dashboards of Grafana, as data. `python -m monitoring.generate` writes them as JSON."""
