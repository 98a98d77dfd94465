"""Reversible Michaelis-Menten in all its forms."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import NetworkError, ParseError

TEXT = "S -> P @= revmm(S, P, 2, Ks, 0.5, 0.3); param Ks = 0.4; init S = 1"


def test_the_law_is_that_of_haldane():
    net = cs.network(TEXT)
    s, p, ks = map(net.symbol, ("S", "P", "Ks"))
    wanted = (2 * s / ks - p / 2 / (cs.network("0 -> A @ 0.3").rates()[0])) / (1 + s / ks + p * 10 / 3)
    assert (net.rates()[0] - wanted).simplify() == 0
    end = cs.simulate(net, times=(0, 60, 2)).values[0][-1]
    np.testing.assert_allclose(end[1] / end[0], 2 * 0.3 / (0.5 * 0.4), rtol=1e-6)


def test_without_a_way_back_it_is_inhibited_by_its_product():
    law = cs.ReversibleMM(2, "Ks", 0, 0.3, "S", "P")
    net = cs.network("S -> P @ 1").with_rates([law])
    assert net.rates()[0].subs({"P": 0}).equals(cs.MichaelisMenten(2, "Ks", "S").expression(net.reactions[0]))


@pytest.mark.parametrize("suffix", [".crn", ".json", ".xml", ".ant", ".net"])
def test_every_format_gives_it_back(suffix, tmp_path):
    net = cs.network(TEXT)
    cs.write(net, tmp_path / f"m{suffix}")
    back = cs.read(tmp_path / f"m{suffix}")
    assert back == net
    assert isinstance(back.reactions[0].rate, cs.ReversibleMM)


def test_sbml_calls_it_by_its_term_and_the_reaction_reversible(tmp_path):
    libsbml = pytest.importorskip("libsbml")
    cs.write(cs.network(TEXT + "; P -> 0 @ 1"), tmp_path / "m.xml")
    document = libsbml.readSBML(str(tmp_path / "m.xml"))
    reaction, other = document.getModel().getListOfReactions()
    assert reaction.getKineticLaw().getSBOTermID() == "SBO:0000326"
    assert (reaction.getReversible(), other.getReversible()) == (True, False)


def test_latex_has_its_fractions():
    text = cs.network(TEXT).latex()
    assert r"\frac{2 \, \mathrm{S}}{K_{s}}" in text
    assert text.count("{") == text.count("}")


def test_its_formula_is_recognised_and_others_are_not():
    same = cs.network("S -> P @= (v*S/a - w*P/b)/(1 + S/a + P/b)")
    assert str(cs.recognise_laws(same).reactions[0]) == "S -> P  @= revmm(S, P, v, a, w, b)"
    other = cs.network("S -> P @= (v*S/a - w*P/b)/(1 + S/a + P/c)")
    assert isinstance(cs.recognise_laws(other).reactions[0].rate, cs.ReversibleMM | cs.Custom)
    assert cs.recognise_laws(other).rates()[0].equals(other.rates()[0])


def test_quoted_names_are_taken():
    net = cs.network('"S 1" -> P @= revmm("S 1", P, 1, 2, 3, 4)')
    assert cs.network(str(net)) == net
    assert net.reactions[0].rate.species == ("S 1", "P")


def test_validation_knows_that_it_may_run_backward():
    assert cs.validate(cs.network(TEXT)) == []
    assert len(cs.validate(cs.network("S -> P @= revmm(S, Q, 1, 2, 3, 4)"))) == 2


def test_it_has_no_propensity():
    with pytest.raises(NetworkError, match="its rate is that of both directions; write them as two reactions"):
        cs.simulate_stochastic(cs.network(TEXT).with_initial(S=0, P=50))
    for verb in (cs.linear_noise, cs.stationary_noise, cs.master_equation):
        with pytest.raises(NetworkError, match="both directions"):
            verb(cs.network(TEXT))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("S -> P @= revmm(S, S, 1, 1, 1, 1)", ParseError, "needs two species, a substrate and a product"),
        ("S -> P @= revmm(S, P, 1, 1, 1)", ParseError, "revmm takes 6 arguments, found 5"),
    ],
)
def test_bad_arguments_are_named(text, error, message):
    with pytest.raises(error, match=message):
        cs.network(text)
