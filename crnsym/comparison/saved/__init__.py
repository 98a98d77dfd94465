"""Discoveries as JSON files, whole: read back, they rank, predict and report as before."""
