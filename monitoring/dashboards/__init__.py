"""The Grafana dashboards as code, made with grafana-foundation-sdk. Never imported by a worker: only to write the JSON.

Modules:
    queries: PromQL on the metrics of ``pandian.metrics``; a label that a metric has not is an error.
    panels: panels in one style; the band between two lines.
    glance, inventory, asset, model, recommending, worker: the rows.
    dashboard: the dashboards, of rows and variables; ``python -m monitoring.dashboards`` writes them.
"""
