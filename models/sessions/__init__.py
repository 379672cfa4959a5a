"""Session neighbours: what others went on to in sessions like this one.

``settings.py`` what it can be told · ``tables.py`` sessions of items and items of sessions · ``network.py`` the
network · ``model.py`` the model.
"""
