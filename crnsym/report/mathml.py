"""Rate equations as presentation MathML, which browsers set like printed formulas."""

import re
from html import escape

from ..data.mechanism import Mechanism
from ..network.network import Network
from ..network.symbols import symbol


def equations_mathml(mechanism: Mechanism, names: list[str]) -> list[str]:
    """Return one ``<math>`` element a species: d[X]/dt = sum of rates times net changes.

    Parameters
    ----------
    mechanism
        Mass action.
    names
        One rate constant a reaction.
    """
    return [_equation(mechanism, i, names) for i in range(len(mechanism.species))]


def law_mathml(network: Network) -> list[str]:
    """Return one ``<math>`` element a species, for any rate laws."""
    from sympy.printing.mathml import mathml

    names = {symbol(s): symbol(f"[{s}]") for s in network.species_names}
    return [
        f"<math display='block'><mrow>{_rate(s)}<mo>=</mo>"
        f"{mathml(expression.xreplace(names), printer='presentation')}</mrow></math>"
        for s, expression in network.odes().items()
    ]


def _rate(species: str) -> str:
    return f"<mfrac><mrow><mi>d</mi>{_species(species)}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>"


def _equation(mechanism: Mechanism, i: int, names: list[str]) -> str:
    left = _rate(mechanism.species[i])
    terms = []
    for change, reactants, k in zip(mechanism.net_stoichiometry[:, i], mechanism.reactants, names, strict=True):
        if change == 0:
            continue
        sign = "−" if change < 0 else ("+" if terms else "")
        size = "" if abs(change) == 1 else f"<mn>{abs(int(change))}</mn><mspace width='0.15em'/>"
        factors = "".join(
            _species(s) if n == 1 else f"<msup>{_species(s)}<mn>{int(n)}</mn></msup>"
            for s, n in zip(mechanism.species, reactants, strict=True)
            if n
        )
        terms.append(f"{f'<mo>{sign}</mo>' if sign else ''}{size}{_constant(k)}{factors}")
    right = "".join(terms) or "<mn>0</mn>"
    return f"<math display='block'><mrow>{left}<mo>=</mo>{right}</mrow></math>"


def _species(name: str) -> str:
    return f"<mrow><mo stretchy='false'>[</mo><mtext>{escape(name)}</mtext><mo stretchy='false'>]</mo></mrow>"


def _constant(name: str) -> str:
    match = re.fullmatch(r"([A-Za-z]+)_?(\d+)_?", name)
    if match:
        return f"<msub><mi>{match[1]}</mi><mn>{match[2]}</mn></msub><mspace width='0.1em'/>"
    return f"<mi>{escape(name)}</mi><mspace width='0.1em'/>"
