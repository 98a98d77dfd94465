"""What is lost to a by-product that nobody measured is no riddle: the answer says so and the search ends."""

import numpy as np
import pytest

import crnsym
from crnsym.search.score import matter
from tests.benchmarks.problems import parse
from tests.engine import measured


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
