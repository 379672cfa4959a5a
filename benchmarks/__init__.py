"""What Pandian reaches, measured: each figure with its bar, in one run on one machine."""
