"""How good the data of an asset is, why, and since which record.

Counted in the consumer, for each partition: ``part`` holds it together; ``blocks`` says which records are looked at;
``gaps``, ``judged`` and ``delays`` find missing, wrong and late values; ``discovery`` looks for rules in a ``sample``,
``watched`` checks them with the ``memory`` they need, ``evidence`` says how sure they are, ``rules`` holds one module a
family; ``rows`` and ``places`` are what they work on.

Told for the asset: ``findings`` sums the partitions, ``dimensions`` measures, ``forms`` says what values of a type look
like, ``thresholds`` what is asked for, ``grade`` makes the document of it. ``base`` is the contract between them.
"""
