"""A learned closure of a small system, made once for all tests of a process."""

from functools import cache

from crnsym import LearnedClosure, Network, fit_closure, network


def contact() -> Network:
    return network("A -> 2 A @ birth; A -> 0 @ 1; param birth = 3; init A = 100")


@cache
def fitted() -> LearnedClosure:
    given = {"conditions": 32, "runs": 16, "steps": 8, "seed": 1}
    return fit_closure(contact(), (16, 16), (0, 12, 13), {"birth": (1.3, 4)}, {"A": (40, 200)}, hops=0.0, **given)
