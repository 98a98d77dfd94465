"""Elimination of fast species: which slower network is left, and how good it is."""
