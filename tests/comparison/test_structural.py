"""What no data of the measured species can tell."""

import numpy as np

from crnsym.comparison.structural import shared_sums, structural
from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import fit_mechanism
from crnsym.search.widen import with_unmeasured
from tests.comparison.cases import DECAY, measured, mechanism, problem


def test_reactions_of_the_same_reactants_act_through_sums() -> None:
    parallel = mechanism(((1, 0), (0, 1), 0.3), ((1, 0), (0, 2), 0.1), ((1, 0), (0, 0), 0.1), ((0, 1), (0, 0), 0.2))
    sentences = shared_sums(parallel, ["k1", "k2", "k3", "k4"])
    assert len(sentences) == 1
    assert "Of k1, k2, k3 (" in sentences[0]
    assert "only k1 + 2*k3, k2 - k3 act" in sentences[0]
    assert shared_sums(DECAY, ["k1"]) == []


def test_the_scale_of_an_unmeasured_catalyst_cannot_be_known() -> None:
    data = measured(DECAY)
    wide = with_unmeasured(problem(data), ["E"], [0.1])
    wide.free[:, 2] = True
    catalysed = Mechanism(("A", "B", "E"), np.array([[1, 0, 1]]), np.array([[0, 1, 1]]), np.array([np.log(3.0)]))
    fit = fit_mechanism(catalysed, wide)
    assert any("k1 rising" in sentence for sentence in structural(fit))
