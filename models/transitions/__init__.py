"""Transitions: where users go on to from an item, directly and by way of others.

``settings.py`` what it can be told · ``walks.py`` walks along transitions · ``model.py`` the model.
"""
