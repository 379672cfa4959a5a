"""The two stages of the inventory: profile (where the records are) and merge (where the figures meet)."""
