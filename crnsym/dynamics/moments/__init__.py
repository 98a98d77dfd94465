"""Moment equations in motion, the linear noise of a steady state, and the master equation itself."""
