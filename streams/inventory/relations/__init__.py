"""Which field of which asset refers to which, and what the keys of an asset are.

- :mod:`.sketch`: the set of a field's values as a mergeable theta sketch, kept while records are counted.
- :mod:`.base`: the words of this package: a field with its values, an asset's fields, a reference.
- :mod:`.signature`: what an asset shows to others so that references can be found; one byte string to send.
- :mod:`.nearby`: values that look like a field's and are none of them: how dense its values lie.
- :mod:`.bounds`: intervals of a share found in a sample, and the evidence that it is no chance.
- :mod:`.naming`: what names and semantic types say about two fields.
- :mod:`.candidates`: which of all pairs of fields are worth a look.
- :mod:`.finder`: the references among all assets.
- :mod:`.keys`, :mod:`.pairs`: which fields, and which pairs of fields, are unique per record.
- :mod:`.graph`: references for the inventory document, as nodes and edges, and in plain text.
"""
