"""What theorems say about a network: how many steady states, how stable, how robust, what can die out."""
