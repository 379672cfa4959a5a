"""EASE: item-to-item weights in closed form.

``settings.py`` what it can be told · ``solving.py`` the weights · ``model.py`` the model.
"""
