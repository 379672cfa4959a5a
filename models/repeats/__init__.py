"""Repeats: what a user did before comes again.

``settings.py`` what it can be told · ``model.py`` the model.
"""
