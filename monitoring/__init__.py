"""Metrics, AUC, drift and alerts; Prometheus and Grafana as code. Never imports ``streams``."""
