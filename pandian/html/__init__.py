"""Pages that are one HTML file for people: they need no network, no server and no script to be read.

Modules:
    markup: HTML whose texts are escaped by construction.
    page: the file, with its style and its content security policy.
    plots: lines, dots and intervals on axes, as SVG.
"""
