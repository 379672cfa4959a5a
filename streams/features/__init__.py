"""What is known live: the sequences of users, and the catalogue."""
