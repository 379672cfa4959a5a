"""What there is in the data and what it means: counted, classified, masked, graded, put into one document.

``base`` is the contract between the parts; ``profile`` counts, ``classify`` says what fields and assets mean,
``masking`` turns personal values into shapes; ``grade``, ``freshness``, ``histogram`` and ``intervals`` make
figures that carry their bounds; ``document`` and ``assembly`` put them together; ``policy`` wires counting to
classifying and masking.
"""
