"""Apparent orders of reaction from a few runs, without a mechanism."""
