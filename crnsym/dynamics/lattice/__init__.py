"""Reaction and diffusion of molecules on a lattice with at most one molecule a site."""
