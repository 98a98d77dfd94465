"""Where a network comes to rest: elimination of conserved sums, steady states and their stability."""
