"""Rows that the inventory understands become canonical interactions and items."""
