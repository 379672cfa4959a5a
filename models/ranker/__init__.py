"""The ranker: what several models expect, weighed anew for each candidate by what is known of it and of the history.

``settings.py`` what it can be told · ``columns.py`` what is known of items · ``features.py`` what is known of a
candidate · ``network.py`` the network · ``learning.py`` how it learns · ``model.py`` the model.
"""
