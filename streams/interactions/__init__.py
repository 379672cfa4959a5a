"""Rows that the inventory understands become canonical interactions and items. No clock, no broker.

Modules:
    base: roles, and the mapping that says which field plays which.
    mapping: a mapping from the inventory's document of an asset.
    override: a mapping as a user's TOML file says it.
    settling: when a mapping may be relied on.
    ids, times: values -> identifiers and epoch milliseconds.
    cells: the values of each role in a group of rows, arrays opened.
    interactions, items: cells -> records to send, and what became of the others.
    state: how far a source partition is extracted, by which mapping, with what outcome.
"""
