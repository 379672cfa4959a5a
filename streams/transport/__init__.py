"""How records reach the stages: the Faust transport that hands over batches, the embedded broker, and what
Faust does not tell about a cluster (topic ids, topics that match a glob)."""
