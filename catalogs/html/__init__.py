"""The inventory as one HTML file for people: it needs no network, no server and no script to be read.

Modules:
    figures: numbers for people.
    charts: distributions, shares and scores as SVG.
    field: a field.
    asset: an asset with its fields.
    report: the page, with its style and its script.
"""
