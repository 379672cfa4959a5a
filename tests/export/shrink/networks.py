"""Sizes that the tests of this folder share."""

N_ITEMS = 600
