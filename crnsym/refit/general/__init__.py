"""Fits of networks with rate laws of any form, hidden species and observables."""
