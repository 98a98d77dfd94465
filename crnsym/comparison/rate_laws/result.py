"""Rate laws that were found, each beside the steps that make it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from ...arguments import checked
from ...deciding import THRESHOLDS
from ...network.network import Network
from ...network.printing import expression_text
from ...network.reaction import Reaction
from ..candidate import Candidate
from ..numbers import with_error
from ..result import Discovery
from .form import Form
from .mechanism import Mechanism

SHOWN = 5


@checked
@dataclass(frozen=True)
class RateLaw:
    """A law with its numbers.

    Attributes
    ----------
    form
        What it looks like.
    mechanism
        Elementary steps whose limit it is.
    candidate
        The fit.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> P @= 2*A/(1 + 3*A)")
    >>> data = cs.simulate(net, (0, 3, 21), initial=[{"A": 1}, {"A": 2}, {"A": 0.3}])
    >>> law = cs.rate_laws(data, "A -> P", noise=0.001)[0]
    >>> law.title
    'Michaelis-Menten'
    >>> sorted(law.values)
    ['K_A', 'k']
    """

    form: Form
    mechanism: Mechanism
    candidate: Candidate

    @property
    def title(self) -> str:
        """What chemists call it."""
        return self.form.title

    @property
    def rate(self) -> sp.Expr:
        """The rate of the reaction."""
        return self.form.rate

    @property
    def network(self) -> Network:
        """The reaction with this law and its numbers."""
        return self.candidate.network

    @property
    def values(self) -> dict[str, float]:
        """{constant: value}."""
        return self._of(dict(self.candidate.rates))

    @property
    def standard_errors(self) -> dict[str, float]:
        """{constant: standard error}."""
        return self._of(dict(self.candidate.standard_errors))

    def elementary(self, largest: float = 1.0) -> Network:
        """Return the mechanism with numbers that give this law, to be simulated.

        Parameters
        ----------
        largest
            The largest concentration of the runs, beside which the sites are few.
        """
        return self.mechanism.with_numbers(self.values, largest)

    def _of(self, numbers: dict[str, float]) -> dict[str, float]:
        if set(self.form.parameters) <= set(numbers):
            return {name: numbers[name] for name in self.form.parameters}
        return dict(zip(self.form.parameters, numbers.values(), strict=False))  # mass action: rates by reaction

    def lines(self) -> list[str]:
        """Return the law, its numbers and its mechanism as text."""
        errors = self.standard_errors
        numbers = ", ".join(f"{name} = {with_error(v, errors[name])}" for name, v in self.values.items())
        steps = [f"  {line}" for line in self.mechanism.lines()]
        meant = ", ".join(f"{name} = {expression_text(e)}" for name, e in self.mechanism.constants.items())
        return [
            f"{self.title}: r = {expression_text(self.rate)}",
            f"  {numbers}",
            "  made by",
            *steps,
            f"  with {meant}",
        ]


@dataclass(frozen=True)
class RateLaws:
    """Rate laws of a reaction, best first; of those that the runs cannot tell apart, the plainest is first.

    Attributes
    ----------
    reaction
        Whose rate it is.
    laws
        Those that were fitted.
    found
        The same as `compare` gives it, with intervals and fits.
    screened
        How many were tried.
    remarks
        What was assumed.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> P @= 2*A/(1 + 3*A)")
    >>> data = cs.simulate(net, (0, 3, 21), initial=[{"A": 1}, {"A": 2}, {"A": 0.3}])
    >>> found = cs.rate_laws(data, "A -> P", noise=0.001)
    >>> found[0].title, len(found) <= found.screened
    ('Michaelis-Menten', True)
    """

    reaction: Reaction
    laws: tuple[RateLaw, ...]
    found: Discovery
    screened: int
    remarks: tuple[str, ...] = ()

    def __getitem__(self, place: int) -> RateLaw:
        return self.laws[place]

    def __len__(self) -> int:
        return len(self.laws)

    def __iter__(self) -> Iterator[RateLaw]:
        return iter(self.laws)

    @cached_property
    def near(self) -> tuple[RateLaw, ...]:
        """The laws that these runs cannot tell from the best: within 2 units of BIC."""
        return tuple(law for law in self.laws if law.candidate.score <= self.least + THRESHOLDS.tie)

    @property
    def least(self) -> float:
        """The best score."""
        return min(law.candidate.score for law in self.laws)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Probability of every law among them."""
        scores = np.array([law.candidate.score for law in self.laws])
        parts = np.exp(-0.5 * (scores - scores.min()))
        return tuple(map(float, parts / parts.sum()))

    def to_rows(self) -> list[dict[str, str | float]]:
        """Return one dict a law."""
        least = self.least
        return [
            {
                "law": law.title,
                "rate": expression_text(law.rate),
                "constants": "; ".join(f"{name} = {value:.6g}" for name, value in law.values.items()),
                "score": law.candidate.score - least,
                "weight": weight,
                "mechanism": "; ".join(line.replace("   ", " (", 1) + ")" for line in law.mechanism.lines()),
            }
            for law, weight in zip(self.laws, self.weights, strict=True)
        ]

    def __str__(self) -> str:
        said = [f"{self.reaction.reactants} -> {self.reaction.products}: {self._verdict()}", ""]
        for place, law in enumerate(self.laws[:SHOWN], 1):
            score = f"BIC +{law.candidate.score - self.least:.1f}"
            lines = law.lines() if law in self.near else law.lines()[:2]
            said += [f"{place}. {lines[0]}   ({score}, weight {self.weights[place - 1]:.3f})", *lines[1:]]
        return "\n".join([*said, *(f"Note: {remark}" for remark in self.remarks)])

    def _verdict(self) -> str:
        tried = f"of {self.screened} rate laws"
        if len(self.near) == 1:
            return f"{tried}, {self.near[0].title} explains the runs best"
        return f"{tried}, these runs do not tell {len(self.near)} apart"
