"""Two towers: a vector of a history beside vectors of items, each made by layers of its own.

``settings.py`` what they can be told · ``network.py`` the network · ``model.py`` the model.
"""
