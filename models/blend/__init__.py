"""A blend: what several models expect, weighted.

``settings.py`` what it can be told · ``mean.py`` the network · ``weighing.py`` how much each source counts ·
``model.py`` the model.
"""
