"""Published mechanisms of real data, against reference fits by other software."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crnsym.comparison.compare import compare
from crnsym.comparison.known_noise import given_problem, in_units_of_data
from crnsym.data.noise import NoiseModel
from crnsym.data.tables import read_table
from crnsym.formats import read
from crnsym.refit.general.build import law_mechanism, law_problem
from crnsym.refit.general.setting import Setting

from ..benchmarks.compare_real import DEVIATIONS, LIKELIHOOD, OBSERVABLES, PUBLISHED_PINENE, PUBLISHED_STAT5, SSE

MECHANISMS = Path(__file__).parents[2] / "examples" / "mechanisms"


def test_sums_of_squares_and_rates_of_isomerisation_agree_with_the_reference(shared_data):
    data = read_table(shared_data / "real" / "alpha_pinene" / "data.csv")
    names = list(SSE)
    networks = [read(MECHANISMS / "alpha_pinene" / f"{name}.crn") for name in names]
    found = compare(networks, data, names=names, noise="absolute", starts="measured")
    assert [c.name for c in found] == names
    for candidate in found:
        assert candidate.count == 40
        squares = candidate.chi2 * found.noise.absolute[0] ** 2
        assert squares == pytest.approx(SSE[candidate.name], rel=1e-3)
    assert found[1].bic - found[0].bic == pytest.approx(9.0, abs=0.1)
    assert "published, second_order_dimer lie within 10 score units" in found.statement
    assert found[0].rates == pytest.approx(PUBLISHED_PINENE, rel=0.01)


def test_the_published_likelihood_of_dimers_with_ratios_as_observables_comes_out(shared_data):
    data = read_table(shared_data / "real" / "stat5_dimerisation" / "data.csv")
    network = read(MECHANISMS / "stat5" / "full.crn")
    setting = Setting(observables=OBSERVABLES, fixed={"spec": 0.107})
    mechanism = law_mechanism(network, data, setting)
    noise = NoiseModel(np.zeros(3), np.array(list(DEVIATIONS.values())))
    problem = law_problem(mechanism, data, given_problem(data, noise, False), {})
    rates = {**PUBLISHED_STAT5, "k_imp_homo": 97749.4, "k_exp_hetero": 1e-5}
    numbers = np.log([rates[name] for name in mechanism.parameters])
    here = replace(mechanism, log_rates=numbers).evaluate(problem, problem.start, rtol=1e-8)
    assert here is not None
    likelihood = (
        -0.5 * here.chi2 - 0.5 * problem.count * np.log(2 * np.pi) + in_units_of_data(given_problem(data, noise, False))
    )
    assert likelihood == pytest.approx(LIKELIHOOD, abs=0.002)
