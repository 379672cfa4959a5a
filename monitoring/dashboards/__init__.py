"""The Grafana dashboard as code, made with grafana-foundation-sdk. Never imported by a worker: only to write the JSON.

Modules:
    queries: PromQL on the metrics of ``pandian.metrics``; a label that a metric has not is an error.
    panels: panels in one style; the band between two lines.
    inventory, recommending, model: the rows of the dashboard.
    dashboard: the rows put together, with the variables; ``python -m monitoring.dashboards`` writes it.
"""
