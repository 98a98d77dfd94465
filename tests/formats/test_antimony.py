"""Antimony both ways, and refusals by name."""

from dataclasses import replace

import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings

import crnsym as cs
from crnsym.errors import FormatError, ParseError, UnsupportedError
from crnsym.formats.antimony import parse, text
from crnsym.network.recognise import recognise
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


LARGER = """
function mm(S, V, K)
  V*S/(K + S)
end
model cell()
  compartment c = 2;
  species A in c = 1, B in c = 0;
  r: A -> B; c*mm(A, V, 0.4);
  V = 3;
end
"""


def test_the_rest_of_the_language_goes_by_way_of_sbml_or_is_refused_with_a_hint(tmp_path):
    path = tmp_path / "cell.ant"
    path.write_text(LARGER)
    try:
        import antimony  # noqa: F401  # installed or not, one of the two holds
    except ImportError:
        with pytest.raises(UnsupportedError, match=r"line 2: a function .* pip install antimony"):
            cs.read(path)
    else:
        net = cs.read(path)
        assert [str(r) for r in net.reactions] == ["r: A -> B  @= mm(A, V, 0.4)"]
        assert "SBML" in str(net.metadata["report"])


@pytest.mark.parametrize("name", MODELS)
def test_the_library_of_antimony_reads_the_same_rates(name):
    antimony = pytest.importorskip("antimony")
    from crnsym.formats import sbml

    net = cs.network(MODELS[name])
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text(net)) >= 0, antimony.getLastError()
    after = sbml.from_text(antimony.getSBMLString(antimony.getMainModuleName()))
    assert len(after.reactions) == len(net.reactions)
    values = {s: sp.Rational(i + 2, 7) for i, s in enumerate(map(sp.Symbol, net.species_names))}
    again = {s: v for s, v in zip(map(sp.Symbol, after.species_names), values.values(), strict=True)}
    for mine, theirs in zip(net.odes(True).values(), after.odes(True).values(), strict=True):
        expected = float(mine.xreplace(values).subs(sp.Symbol("time"), 1))
        assert float(theirs.xreplace(again).subs(sp.Symbol("time"), 1)) == pytest.approx(expected, rel=1e-12)


def test_reading_reports_what_was_mapped(tmp_path):
    cs.write(cs.network("A -> B @ k; param k = 1"), tmp_path / "a.ant")
    assert str(cs.read(tmp_path / "a.ant").metadata["report"]).endswith("Antimony, 2 species, 1 reaction, 1 parameter")
