"""Impressions joined with what the user did next: labels, and what they say of each model."""
