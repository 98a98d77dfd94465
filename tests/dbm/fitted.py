"""A small system and its fitted model, made once for all tests of a process."""

from functools import cache

from crnsym import LatticeRuns, Network, network, simulate_lattice
from crnsym.dbm.composition.model import CompositionDBM
from crnsym.dbm.fit import fit_dbm


def system() -> Network:
    return network("A -> 2 A @ 0.8; A + B -> 2 B @ 0.5; B -> 0 @ 0.7; 0 -> A @ 0.02; init A = 30, B = 20")


@cache
def snapshots() -> tuple[LatticeRuns, LatticeRuns]:
    common = {"times": (0, 6, 13), "runs": 24}
    return (
        simulate_lattice(system(), (12, 12), seed=1, **common),
        simulate_lattice(system(), (12, 12), seed=2, initial={"A": 60, "B": 8}, **common),
    )


@cache
def fitted() -> CompositionDBM:
    return fit_dbm(list(snapshots()), steps=25, seed=0)
