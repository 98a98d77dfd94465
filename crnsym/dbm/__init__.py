"""Dynamic Boltzmann distributions: deep Boltzmann machines whose parameters move in time and close the moments."""
