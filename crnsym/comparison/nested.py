"""Likelihood-ratio tests of mechanisms that are special cases of others among the candidates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.stats import chi2 as chi_squared

from ..network.network import Network
from ..network.reaction import Reaction
from .candidate import Candidate

ERROR = 0.05


@dataclass(frozen=True, slots=True)
class NestedTest:
    """The test of a mechanism against a richer one of which it is a special case.

    Attributes
    ----------
    simple, rich
        Names of the two candidates.
    restrictions
        What the simple one lacks: reactions, or rates that it has in common.
    statistic
        N ln(chi2 of the simple one / chi2 of the rich one).
    freedom
        Difference in the number of parameters.
    p
        Probability of such a statistic or a larger one if the simple mechanism is true (Wilks 1938). Where rates of
        the rich mechanism are 0 in the simple one, which is the end of their range, it is too large by up to a factor
        of 2^freedom: rejection is safe.
    tests
        Number of richer mechanisms that the simple one is tested against: of so many, one is large by chance more
        often, so that p times this number must be below 0.05 for a rejection (Bonferroni).
    """

    simple: str
    rich: str
    restrictions: tuple[str, ...]
    statistic: float
    freedom: int
    p: float
    tests: int = 1

    def __str__(self) -> str:
        what = "; ".join(self.restrictions)
        verdict = "is rejected" if self.p * self.tests < ERROR else "is not rejected"
        many = f" (one of {self.tests} such tests)" if self.tests > 1 else ""
        return (
            f"{self.simple} is {self.rich} without {what}: likelihood ratio {self.statistic:.1f} for {self.freedom} "
            f"parameter{'s' if self.freedom > 1 else ''}, p = {self.p:.2g}{many}: {self.simple} {verdict} against it"
        )


def nested_tests(candidates: Sequence[Candidate]) -> list[NestedTest]:
    """Test every candidate against those of which it is a special case.

    A mechanism is a special case of another one if that one has all its reactions with the same rate laws, up to the
    names of rate constants, and reactions beside, or rate constants of its own where the first has one for several.
    """
    found = []
    for simple in candidates:
        for rich in candidates:
            freedom = len(rich.rates) + len(rich.energies) - len(simple.rates) - len(simple.energies)
            if simple is rich or freedom < 1 or simple.count != rich.count:
                continue
            restrictions = special_case(simple.network, rich.network)
            if restrictions:
                statistic = max(0.0, 2.0 * (rich.log_likelihood - simple.log_likelihood))
                p = float(chi_squared.sf(statistic, freedom))
                found.append(NestedTest(simple.name, rich.name, restrictions, statistic, freedom, p))
    asked = Counter(test.simple for test in found)
    return [replace(test, tests=asked[test.simple]) for test in found]


def special_case(simple: Network, rich: Network) -> tuple[str, ...]:
    """Return what makes ``simple`` of ``rich``: reactions left out, rates made equal; empty where nothing does."""
    ours, theirs = Counter(map(_key, simple.reactions)), Counter(map(_key, rich.reactions))
    if any(ours[key] > theirs[key] for key in ours):
        return ()
    lacking = [f"{r.reactants} -> {r.products}" for r in rich.reactions if not ours[_key(r)]]
    partners = {_key(r): r for r in rich.reactions}
    merged: dict[str, set[str]] = {}
    for reaction in simple.reactions:
        mine, other = _constant(reaction), _constant(partners[_key(reaction)])
        if mine and other:
            merged.setdefault(mine, set()).add(other)
    owners = [name for names in merged.values() for name in names]
    if len(owners) > len(set(owners)):  # what the rich one has in common, the simple one has not
        return ()
    equal = [f"a difference between {' and '.join(sorted(names))}" for names in merged.values() if len(names) > 1]
    return (*lacking, *equal)


def _key(reaction: Reaction) -> tuple[str, str, str]:
    """Reactants, products and the rate law; of mass action with a constant of its own the name does not count."""
    law = "mass action" if _constant(reaction) else str(reaction.rate_expression)
    return str(reaction.reactants), str(reaction.products), law


def _constant(reaction: Reaction) -> str:
    k = getattr(reaction.rate, "k", None) if reaction.rate.is_mass_action else None
    return str(k) if k is not None and k.is_Symbol else ""
