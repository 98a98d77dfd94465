"""Antimony both ways, and refusals by name."""

import sys

import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings

import crnsym as cs
from crnsym.errors import FormatError, MissingExtraError, UnsupportedError
from crnsym.formats.antimony import from_text as parse
from crnsym.formats.antimony import text
from tests.formats.models import tame_networks
from tests.formats.test_sbml import MODELS


def shown(net):
    """Return all that Antimony keeps of a network; formulas as their values at a point."""
    names = [*net.species_names, *sorted(net.parameters), "time"]
    point = {sp.Symbol(n): sp.Float(0.5 + 0.37 * i, 30) for i, n in enumerate(names)}

    def value(e):
        return complex(sp.sympify(e).xreplace(point).evalf(20))

    numbers = [value(s.initial) if s.initial is not None else -1 for s in net.species]
    numbers += [-1 if v is None else value(v) for _, v in sorted(net.parameters.items())]
    numbers += [value(e) for _, e in sorted(net.observables.items())]
    numbers += [value(r.rate_expression) for r in net.reactions]
    numbers += [value(c) for r in net.reactions for side in (r.reactants, r.products) for c in side.values()]
    words = [net.species_names, sorted(net.fixed_species), sorted(net.parameters), sorted(net.observables)]
    words += [(r.name, *r.reactants, "->", *r.products) for r in net.reactions]
    return words, numbers


def assert_same(after, before):
    (words, numbers), (expected, values) = shown(after), shown(before)
    assert words == expected, f"\n{before}\n--- came back as\n{after}"
    assert numbers == pytest.approx(values, rel=1e-9, nan_ok=True), f"\n{before}\n--- came back as\n{after}"


@settings(
    deadline=None, max_examples=60, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
)
@given(net=tame_networks())
def test_any_network_comes_back_equal(net):
    assert_same(parse(text(net)), net)


@pytest.mark.parametrize("name", [n for n in MODELS if n != "fractions"])
def test_models_come_back_equal(name):
    net = cs.network(MODELS[name])
    assert_same(parse(text(net)), net)


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
        ("A = 1; at time > 5: A = 3", r"an event \('_E0'\)"),
        ("A = 1; E1: at (A > 5): A = 3", r"an event \('E1'\)"),
        ("A = 1; A' = 3", r"a rate rule \('A'\)"),
        ("k = 2*unknown", "'k' has no value; it depends on unknown"),
        ("A -> B; k*delay(A, 2); A = 1; k = 1", "delay"),
    ],
)
def test_unsupported_features_are_refused_by_name(statement, feature):
    with pytest.raises(UnsupportedError, match=r"model.ant: .*" + feature):
        parse(statement, "model.ant")


@pytest.mark.parametrize("broken", ["A -> B", "A + -> B; k", "nonsense here", "A -> B; k*", "= 3"])
def test_what_is_not_antimony_is_an_error_with_a_line(broken):
    with pytest.raises(FormatError, match=r"model\.ant, line 2: not Antimony"):
        parse("\n" + broken, "model.ant")


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "antimony", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'crnsym\[antimony\]'"):
        parse("A -> B; k*A")


@pytest.mark.parametrize("header", ["model m()", "model *m()", "  model m"])
def test_annotations_of_a_model_by_its_own_name_are_read(header):
    net = parse(
        f'{header}\nA -> B; k*A; A = 1; k = 2\nm model_entity_is "http://identifiers.org/x"\nA is "glucose"\nend'
    )
    assert net.initial["A"] == 1
    assert [str(r) for r in net.reactions] == ["_J0: A -> B  @ k"]


def test_imports_are_found_beside_the_file(tmp_path):
    (tmp_path / "part.ant").write_text("model part()\nA -> B; k*A; A = 3; k = 0.5\nend\n")
    (tmp_path / "whole.ant").write_text('import "part.ant"\nmodel whole()\np: part();\nend\n')
    net = cs.read(tmp_path / "whole.ant")
    assert net.initial["p_A"] == 3


@pytest.mark.parametrize(
    ("body", "rate"),
    [
        ("A -> B; k*A*log(c); c = 100", "k*log(100.0)"),
        ("A -> B; k*A*ln(c); c = 100", "k*log(100.0)"),
        ("A -> B; k*A*log10(c); c = 100", "2*k"),
        ("A -> B; k*A*pi", "pi*k"),
        ("A -> B; k*A*root(3, 8)", "2*k"),
        ("A -> B; k*A*pow(2, 0.5)", "sqrt(2)*k"),
        ("a := 2*b; b := c + 1; c = 3; A -> B; a*k*A", "8*k"),
        ("A -> B; k*A*J1; J1: C -> D; 3; C = 1", "3*k"),
        ("n = 2; x + n A -> B; k*A*n; x = 1", "2*k"),
        ("default_compartment = 10; A -> B; k*A", "k/10"),
        ("A -> B; k*A; compartment cell; species A in cell, B in cell; cell = 2", "k/2"),
    ],
)
def test_formulas_mean_what_antimony_means(body, rate):
    net = parse(f"{body}\nA = 1; k = 0.25")
    first = next(r for r in net.reactions if "A" in r.reactants)
    values = {sp.Symbol(n): v for n, v in {**net.parameters, "A": 1}.items()}
    assert float(first.rate_expression.xreplace(values)) == pytest.approx(float(sp.sympify(rate).subs("k", 0.25)))


@pytest.mark.parametrize("name", MODELS)
def test_what_is_written_has_the_same_rates(name):
    net = cs.network(MODELS[name])
    after = parse(text(net))
    assert len(after.reactions) == len(net.reactions)
    values = {s: sp.Rational(i + 2, 7) for i, s in enumerate(map(sp.Symbol, net.species_names))}
    again = {s: v for s, v in zip(map(sp.Symbol, after.species_names), values.values(), strict=True)}
    for mine, theirs in zip(net.odes(True).values(), after.odes(True).values(), strict=True):
        expected = float(mine.xreplace(values).subs(sp.Symbol("time"), 1))
        assert float(theirs.xreplace(again).subs(sp.Symbol("time"), 1)) == pytest.approx(expected, rel=1e-12)


def test_reading_reports_what_was_mapped(tmp_path):
    cs.write(cs.network("A -> B @ k; param k = 1"), tmp_path / "a.ant")
    assert str(cs.read(tmp_path / "a.ant").metadata["report"]).endswith("Antimony, 2 species, 1 reaction, 1 parameter")


TOWERS = [
    "{p} + 0.5*{p}",
    "{p}*{p}",
    "{p}/(1 + {p})",
    "piecewise({p}, {p} > 1, 2)",
    "exp(-{p})*{p} // {p}",
    "{p} + {q}",
]


@pytest.mark.parametrize("form", TOWERS)
@pytest.mark.parametrize("sign", [":=", "="])
def test_formulas_that_each_name_the_one_above_twice_are_refused_at_once(tmp_path, form, sign):
    lines = [f"p0 {sign} A", f"p1 {sign} A"]
    lines += [f"p{i + 2} {sign} {form.format(p=f'p{i + 1}', q=f'p{i}')}" for i in range(45)]
    lines = [*lines[20:], *lines[:20]]  # in any order
    (tmp_path / "m.ant").write_text("model m\n species A = 1, B = 0\n A -> B; p46\n " + "\n ".join(lines) + "\nend\n")
    for verb in (cs.read, lambda path: cs.simulate(path, times=(0, 1, 2))):
        with pytest.raises(UnsupportedError, match=r"m.ant: the formula of p\d+ has more than 1000000 parts"):
            verb(tmp_path / "m.ant")


def test_a_long_chain_that_names_each_formula_once_is_read(tmp_path):
    lines = ["p0 := A", *(f"p{i + 1} := p{i}*1.01 // p{i} p{i}" for i in range(60)), "loop = loop2; loop2 = 3"]
    (tmp_path / "m.ant").write_text("model m\n species A = 1, B = 0\n A -> B; p60\n " + "\n ".join(lines) + "\nend\n")
    net = cs.read(tmp_path / "m.ant")
    assert float(net.odes(substitute=True)["B"].subs(net.symbol("A"), 1)) == pytest.approx(1.01**60)
