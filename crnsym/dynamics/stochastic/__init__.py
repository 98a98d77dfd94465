"""Networks of molecules that are counted: exact and approximate stochastic simulation."""
