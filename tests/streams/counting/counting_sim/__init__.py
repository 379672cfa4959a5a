"""Kafka and many workers in one process, in any order Kafka allows, to test the counting protocol against.

Nothing here waits or is random by itself: a driver (hypothesis, or a seeded generator) chooses every step, so
every run can be repeated. The protocol, the codec and the store of sets are the real ones.
"""
