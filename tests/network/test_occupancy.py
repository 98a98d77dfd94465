"""Fast binding to conserved sites."""

import pytest
import sympy as sp

from crnsym.errors import UnsupportedError
from crnsym.network.reduction.occupancy import occupancy
from crnsym.network.text import network

A, B, T, k1, u1, k2, u2 = sp.symbols("A B T k1 u1 k2 u2")


def test_two_competing_for_a_site_share_it_by_their_binding_constants():
    net = network("A + E <-> AE @ k1, u1; B + E <-> BE @ k2, u2; AE -> P + E @ c")
    made = occupancy(net, [(0, 1), (2, 3)], {"E": T})
    whole = 1 + k1 / u1 * A + k2 / u2 * B
    assert sp.simplify(made["E"] - T / whole) == 0
    assert sp.simplify(made["AE"] - T * k1 / u1 * A / whole) == 0
    assert sp.simplify(made["BE"] - T * k2 / u2 * B / whole) == 0


def test_what_comes_apart_on_binding_gives_a_square_root():
    made = occupancy(network("A + 2 E <-> 2 X @ k1, u1"), [(0, 1)], {"E": T})
    values = {A: 4, k1: 9, u1: 1, T: 7}  # K = 9: X/E = 3 * 2
    assert made["X"].subs(values) == sp.Integer(6)
    assert made["E"].subs(values) == sp.Integer(1)


def test_a_dimer_that_comes_apart_needs_no_site():
    assert sp.simplify(occupancy(network("A <-> 2 M @ k1, u1"), [(0, 1)], {})["M"] ** 2 - k1 * A / u1) == 0


@pytest.mark.parametrize("text", ["A + E <-> B + C @ 1, 1", "A + E <-> AE @ 1, 1; AE + E <-> AEE @ 1, 1"])
def test_what_has_no_such_form_is_refused(text):
    net = network(text)
    pairs = [(i, i + 1) for i in range(0, len(net.reactions), 2)]
    with pytest.raises(UnsupportedError, match="occupancy"):
        occupancy(net, pairs, {"E": T})
