"""Trending: what is popular now, and was not as popular before.

``settings.py`` what it can be told · ``model.py`` the model.
"""
