"""What is lost to a by-product that nobody measured is no riddle: the answer says so and the search ends."""

import numpy as np
import pytest

import crnsym
from crnsym.refit.fit import fit_mechanism
from crnsym.search.findings import without_idle
from crnsym.search.score import matter
from crnsym.search.widen import with_unmeasured
from tests.benchmarks.problems import parse
from tests.engine import arranged, measured


@pytest.mark.parametrize(
    ("reactions", "kind"),
    [
        (["A -> B @ 1", "B -> A @ 1"], "kept"),
        (["A + B -> C @ 1", "C -> A @ 1"], "lost"),
        (["A + B -> C @ 1", "C -> B @ 1"], "lost"),
        (["2 A -> B @ 1", "A + C -> A @ 1"], "lost"),
        (["A -> B @ 1", "B -> 0 @ 1"], "exchanged"),
        (["0 -> A @ 1", "A -> B @ 1"], "exchanged"),
        (["A -> 2 B @ 1", "2 B -> A @ 1", "A -> B @ 1"], "lost"),
        (["A -> 2 B @ 1", "B -> A @ 1"], "made"),
        (["A + B -> 3 A @ 1", "A -> B @ 1"], "made"),
    ],
)
def test_matter_is_kept_exchanged_lost_or_made(reactions, kind):
    mechanism = parse(reactions)
    assert matter(mechanism.reactants, mechanism.net_stoichiometry) == kind


@pytest.mark.parametrize(
    "reactions",
    [["A + B -> C @ 1", "C -> B @ 0.3"], ["A -> B @ 0.9", "B + C -> D @ 1", "D -> C @ 0.15"]],
    ids=["a catalyst and its bound form", "a carrier"],
)
def test_a_step_with_an_unmeasured_by_product_is_found_and_said(reactions):
    truth = parse(reactions)
    found = crnsym.discover(measured(truth, runs=5, points=25, end=15.0, noise=0.02, seed=4))
    assert found.candidates[0].mechanism.structure() == truth.structure()
    assert np.all(np.isfinite(list(found.candidates[0].rates.values())))
    assert "by-product that was not measured" in found.statement
    assert found.details["complete"]


def test_a_hidden_by_product_is_left_out_and_nothing_else_changes():
    data = measured(parse(["A -> B @ 0.5", "B -> A @ 0.2"]), runs=3, points=20)
    visible = arranged(data)
    wide = with_unmeasured(visible, ["Z", "P"], [0.0, 0.0])
    made = parse(["A -> Z @ 2", "Z -> B + P @ 3", "B -> A @ 0.2"], ("A", "B", "Z", "P"))
    fit = fit_mechanism(made, wide)
    left = without_idle(fit, visible)
    assert left.mechanism.species == left.problem.species == ("A", "B", "Z")
    expected = parse(["A -> Z @ 2", "Z -> B @ 3", "B -> A @ 0.2"], ("A", "B", "Z"))
    assert left.mechanism.structure() == expected.structure()
    again = fit_mechanism(left.mechanism, left.problem, initial=left.initial_states)
    assert again.chi2 == pytest.approx(fit.chi2, rel=1e-3)
    assert without_idle(left, visible) is left
