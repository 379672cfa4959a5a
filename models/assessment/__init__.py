"""What an exported model is like, beyond how often it is right: of the whole catalogue, with intervals. Needs no torch.

Modules:
    base: a figure with its interval; all that is found of a model.
    facts: what the files say of items: how popular they are, and which are head, middle, tail and new.
    lists: what the lists hold that a model gives, batch by batch.
    assess: puts all of it together.
    pair: two models on the same targets.
    document: all of it as JSON.
    report: all of it as one HTML page; plots draws, tables writes.
"""
