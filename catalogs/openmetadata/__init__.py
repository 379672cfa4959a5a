"""OpenMetadata: the requests that tell its REST API of an inventory, in the order to send them.

Modules:
    names: names that OpenMetadata allows, and fully qualified ones.
    tags: the classifications that fields are tagged with.
    columns: fields as columns of tables and as fields of topics.
    profiles: what was measured.
    exporter: the requests.
"""
