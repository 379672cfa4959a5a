"""The rules, a family a file. Those of :mod:`.texts`, :mod:`.encoding` and :mod:`.escapes` hold of any text.

A field's meaning and samples decide on the others.
"""
