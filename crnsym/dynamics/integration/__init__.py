"""Initial value problems of networks of any size, compiled once for all networks: the network is data."""
