"""Seeded inputs of every kind that a reader may meet: right ones, whose values are known, and damaged ones.

``python -m tests.fuzz --cases 20000`` runs many, in a process that may die, and prints counts by kind.
"""
