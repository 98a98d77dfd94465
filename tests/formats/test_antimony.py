"""Antimony both ways, and refusals by name."""

from dataclasses import replace

import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings

import crnsym as cs
from crnsym.errors import FormatError, ParseError, UnsupportedError
from crnsym.formats.antimony import parse, text
from crnsym.formats.recognise import recognise
from tests.formats.models import tame_networks
from tests.formats.test_sbml import MODELS


def kept(net):
    """Return the network without what Antimony does not keep."""
    species = tuple(replace(s, formula=None, unit=None) for s in net.species)
    reactions = tuple(
        r.with_rate(recognise(r.rate_expression, r.reactants, r.products, net.species_names)) for r in net.reactions
    )
    return replace(net, species=species, reactions=reactions, units={})


@settings(
    deadline=None, max_examples=60, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@given(net=tame_networks())
def test_any_network_comes_back_equal(net):
    after = parse(text(net))
    assert after == kept(net), f"\n{net}\n--- came back as\n{after}"


@pytest.mark.parametrize("name", [n for n in MODELS if n != "fractions"])
def test_models_come_back_equal(name):
    net = cs.network(MODELS[name])
    assert parse(text(net)) == kept(net)


def test_a_model_as_people_write_it():
    net = parse("""
    // a comment; with a semicolon
    model *glycolysis()
      compartment cell = 1; species A in cell, $B in cell;
      J0: A -> 2 B; cell*k1*A        # mass action
      J1: $B => ; vmax*B/(km + B);
      A = 10; k1 = 0.1; vmax = 2*k1; km = 3
      total := A + B
      /* several
         lines */
    end
    """)
    assert [str(r) for r in net.reactions] == ["J0: A -> 2 B  @ k1", "J1: B -> 0  @= mm(B, vmax, km)"]
    assert net.parameters == {"k1": sp.Rational(1, 10), "vmax": sp.Rational(1, 5), "km": 3}
    assert net.fixed_species == {"B"}
    assert net.initial == {"A": 10}
    assert list(net.observables) == ["total"]


@pytest.mark.parametrize(
    ("statement", "feature"),
    [
        ("at time > 5: A = 3", "an event"),
        ("E1: at (A > 5): A = 3", "an event"),
        ("A' = 3", "a rate rule"),
        ("function f(x) x end", "a function"),
        ("compartment c = 2", "has the size 2"),
        ("k = 2*unknown", "not a number"),
        ("model a() \n model b()", "a second model"),
        ("unit mine = 3 second", "a unit definition"),
        ("substanceOnly species S", "substanceOnly"),
    ],
)
def test_unsupported_features_are_refused_by_name(statement, feature):
    with pytest.raises(UnsupportedError, match=r"model.ant, line \d: .*" + feature):
        parse(statement, "model.ant")


@pytest.mark.parametrize("broken", ["A -> B", "A + -> B; k", "nonsense here", "A -> B; k*", "= 3"])
def test_what_is_not_antimony_is_an_error_with_a_line(broken):
    with pytest.raises((FormatError, ParseError), match=r"model\.ant, line 2"):
        parse("\n" + broken, "model.ant")
