"""What every room of Pandian shares: settings, names, semantic types and errors. Imports no other room."""

__version__ = "0.1.0"
