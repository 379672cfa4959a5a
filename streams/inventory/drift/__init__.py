"""Drift of fields: tested changes from window to window, with evidence and an effect size.

- ``track``: a field's windows as numbers, and whether the newest differ; ``evidence``: the e-values of that
- ``effect``: how large a change is; ``bins``, ``samples``: in what the values of a field are counted
- ``found``: a drift that was found, as it is kept; ``merged``: those of several partitions; ``words``: in documents
"""
