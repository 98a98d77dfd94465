"""Rate laws of a reaction that are no mass action, found from its courses, and the mechanisms that make them."""
