"""Tests of every room, mirroring the packages; what they share is in :mod:`tests.support`."""
