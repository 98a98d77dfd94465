"""Moment closures of lattices that are learned over compositions and rate constants."""
