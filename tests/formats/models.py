"""Networks for the tests of formats."""

from dataclasses import replace

import sympy as sp

from crnsym import Arrhenius, Network
from crnsym.network.rate_laws import Hill, HillRepression
from tests.strategies import networks

EVERYTHING = """
2 A -> B @ 0.1
bind: A + B <-> C @ kf, kr
S -> P @= mm(S, Vmax, Km)
P -> Q @= revmm(P, Q, Vmax, Km, v, 2)
0 -> A @ 0.5
A -> 0 @= hill(B, v, K, 3)
A -> 0 @= hillr(B, v, 2, n)
"glucose-6-P" + E -> E + I @ 1/3
1/3 A -> lambda @ kz
A -> B @ arrhenius(A0, Ea, T)
A -> B @= kf*A*exp(-B*time)/(2 + A)^2*2*(A + 1)
A -> B @= v*piecewise(A, A > 1, B)*sign(A)^2
const E
boundary S
obs total = A + 2*C
param kf = 0.30000000000000004 [1/(mM*s)], kr = 1/3 [1/s], Vmax = 1, Km = 0.4, v = 1, K = 2, n = 2.5
param kz = 1e-30, A0 = 1, Ea = 10, T = 300, lost
init A = 1.0 [mM], S = 2, B = 1/3, E = 1, "glucose-6-P" = 2
"""


def _tame(constant: sp.Expr) -> sp.Expr:
    """Return an exponent that sympy can raise a large number to."""
    return constant if isinstance(constant, sp.Symbol) else sp.Integer(2 + len(str(constant)) % 3)


def tame_networks(**options):
    """Random networks whose rates can be written out (an exponent of 10^6 cannot)."""

    def tame(net: Network) -> Network:
        reactions = []
        for r in net.reactions:
            if isinstance(r.rate, Hill | HillRepression):
                r = r.with_rate(replace(r.rate, n=_tame(r.rate.n)))
            elif isinstance(r.rate, Arrhenius):
                r = r.with_rate(replace(r.rate, exponent=_tame(r.rate.exponent)))
            reactions.append(r)
        return replace(net, reactions=tuple(reactions))

    def finite(net: Network) -> bool:
        return not any(rate.has(sp.zoo, sp.nan, sp.oo) for rate in net.rates())

    return networks(**options).map(tame).filter(finite)
