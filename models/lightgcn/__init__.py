"""LightGCN: vectors of items spread over the graph of who took what, and a history is a mean of them.

``settings.py`` what it can be told · ``graph.py`` who took what, and the spreading ·
``recency.py`` what counts how much · ``network.py`` the networks that learn and answer · ``model.py`` the model.
"""
