"""The dimensions of quality, one module each: completeness, validity, uniqueness, consistency, timeliness."""
