"""Reactions from snapshots: the generator is linear in the rates, so configurations without trajectories suffice."""
