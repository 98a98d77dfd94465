"""Moment equations of stochastic networks, well mixed and on a lattice, and the closures that make them finite."""
