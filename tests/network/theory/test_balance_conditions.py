"""Complex and detailed balance: conditions on rate constants against definitions and known networks."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import network
from crnsym.errors import NetworkError, NotMassActionError, TooManyError
from crnsym.network.theory.complex_balance import complex_balance, is_complex_balanced
from crnsym.network.theory.detailed_balance import detailed_balance, is_detailed_balanced
from tests.strategies import mass_action_networks


def _reversed_too(net):
    """The network with the reverse of each reaction, at symbolic rates of their own."""
    lines = dict.fromkeys(f"{r.reactants} -> {r.products}" for r in net.reactions if r.reactants != r.products)
    lines |= dict.fromkeys(f"{r.products} -> {r.reactants}" for r in net.reactions if r.reactants != r.products)
    return network("\n".join(lines) or "A -> B; B -> A")


def test_textbook_networks_have_as_many_conditions_as_their_deficiency(shared_data):
    import json

    for fact in json.loads((shared_data / "networks" / "crn_theory_facts.json").read_text()):
        found = complex_balance(network("\n".join(fact["reactions"])))
        assert found.possible == fact["weakly_reversible"], fact["name"]
        assert len(found.conditions) == (fact["deficiency"] if fact["weakly_reversible"] else 0), fact["name"]


def test_the_square_of_horn_and_jackson_is_balanced_on_the_known_surface():
    """Tree constants of a cycle 1 -> 2 -> 3 -> 4: K_i is the product of all constants but the one that leaves i."""
    net = network("3A -> A+2B @ e; A+2B -> 3B @ e2; 3B -> 2A+B @ e3; 2A+B -> 3A @ e4")
    found = complex_balance(net)
    assert len(found.conditions) == 2
    assert found.hold(dict.fromkeys(("e", "e2", "e3", "e4"), 1))
    assert not found.hold({"e": 1, "e2": 2, "e3": 1, "e4": 1})


@settings(deadline=None, max_examples=25)
@given(mass_action_networks(most_species=3, most_reactions=3), st.data())
def test_conditions_hold_exactly_where_some_state_balances_every_complex(net, data):
    """Choose a state and rates that balance all complexes at it: Kirchhoff's law for a circulation on the graph."""
    net = _reversed_too(net)
    numbers = st.fractions(Fraction(1, 9), 9, max_denominator=9)
    state = {n: sp.Rational(*data.draw(numbers).as_integer_ratio()) for n in net.species_names}
    flux = {}
    for r in net.reactions:  # the same flux there and back balances every reaction
        pair = frozenset((r.reactants, r.products))
        flux.setdefault(pair, data.draw(numbers))
    values = {}
    for r in net.reactions:
        at = r.reactants.monomial.xreplace({net.symbol(n): v for n, v in state.items()})
        values[str(r.rate.k)] = sp.Rational(*flux[frozenset((r.reactants, r.products))].as_integer_ratio()) / at
    assert is_complex_balanced(net, values)
    assert is_detailed_balanced(net, values)
    assert complex_balance(net).hold(values)
    found = complex_balance(net)
    assert len(found.conditions) == net.structure.deficiency
    if found.conditions:
        changed = {**values, str(net.reactions[0].rate.k): values[str(net.reactions[0].rate.k)] * 2}
        assert found.hold(changed) == is_complex_balanced(net, changed)


def test_detailed_balance_has_the_conditions_of_wegscheider(shared_data):
    import json

    for fact in json.loads((shared_data / "networks" / "crn_theory_facts.json").read_text()):
        net = network("\n".join(fact["reactions"]))
        found = detailed_balance(net)
        assert found.possible == fact["reversible"], fact["name"]
        if fact["reversible"]:
            assert len(found.conditions) == fact["n_reactions"] // 2 - fact["rank"], fact["name"]


def test_detailed_balance_is_more_than_complex_balance():
    values = {"a": 1, "b": 2, "c": 1, "d": 2, "e": 1, "f": 2}
    net = network("A <-> B @ a, b; B <-> C @ c, d; C <-> A @ e, f")
    assert is_complex_balanced(net, values)
    assert not is_detailed_balanced(net, values)
    assert str(detailed_balance(net)) == "detailed balanced if and only if a*c*e = b*d*f"
    assert "A -> B' is not reversible" in str(detailed_balance(network("A -> B")))


def test_a_tolerance_allows_rounded_rate_constants():
    net = network("0 <-> X @ 1, 3; X <-> 2 X @ 0.33333333, 1")
    assert not is_complex_balanced(net)
    assert is_complex_balanced(net, tolerance=1e-6)


def test_a_network_that_is_not_weakly_reversible_is_never_complex_balanced():
    net = network("A -> B @ 1")
    assert str(complex_balance(net)) == "never complex balanced: the network is not weakly reversible"
    assert not is_complex_balanced(net)
    assert not complex_balance(net).hold()


def test_missing_numbers_and_other_laws_are_refused():
    net = network("0 <-> X @ a, b; X <-> 2 X @ c, d")
    with pytest.raises(NetworkError, match="complex balanced: the rate constants need numbers, and d has none"):
        complex_balance(net).hold({"a": 1, "b": 1, "c": 1})
    with pytest.raises(NetworkError, match="the rate constants need numbers, and a has none"):
        is_complex_balanced(net)
    for verb in (complex_balance, detailed_balance, is_complex_balanced):
        with pytest.raises(NotMassActionError, match="balance is known for mass action only"):
            verb(network("S <-> P @= mm(S, 1, 1), P"))


def test_too_many_spanning_trees_are_refused_for_numbers():
    names = "ABCDEF"
    lines = [f"{a} <-> {b}" for i, a in enumerate(names) for b in names[i + 1 :]] + ["2 A <-> 2 B"]
    with pytest.raises(TooManyError, match=r"spanning trees are more than the limit of 5000.*is_complex_balanced"):
        complex_balance(network("\n".join(lines)))
    ones = dict.fromkeys(network("\n".join(lines)).parameters, 1)
    assert is_complex_balanced(network("\n".join(lines)), ones)
