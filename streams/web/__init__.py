"""The worker's HTTP side: the inventory as documents, its metrics, its health, and the live page."""
