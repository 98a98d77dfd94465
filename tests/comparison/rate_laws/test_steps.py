"""Mechanisms beside rate laws."""

import numpy as np
import pytest
import sympy as sp

import crnsym as cs
from crnsym.comparison.rate_laws.catalogue import catalogue
from crnsym.comparison.rate_laws.steps import mechanism_of
from crnsym.network.complexes import Complex

CASES = [("A", "P", ("I",)), ("A + B", "P", ()), ("D", "2 M", ()), ("2 A", "P", ()), ("A + B", "P + Q", ("I",))]


def forms(reactants, products, others):
    return catalogue(Complex.parse(reactants), Complex.parse(products), others)


def number(expression, rng_values):
    return float(sp.lambdify(list(rng_values), expression, "math")(*rng_values.values()))


@pytest.mark.parametrize(("reactants", "products", "others"), CASES)
def test_elimination_of_the_fast_species_gives_every_law(reactants, products, others):
    rng = np.random.default_rng(0)
    for form in forms(reactants, products, others):
        mechanism = mechanism_of(form)
        wanted = form.rate.xreplace({sp.Symbol(n): e for n, e in mechanism.constants.items()})
        names = mechanism.law.free_symbols | wanted.free_symbols
        values = {s: float(rng.uniform(0.2, 3.0)) for s in sorted(names, key=str)}
        assert number(mechanism.law, values) == pytest.approx(number(wanted, values), rel=1e-9), form.rate


@pytest.mark.parametrize(("reactants", "products", "others"), CASES)
def test_the_steps_of_every_mechanism_add_up_to_the_reaction(reactants, products, others):
    for form in forms(reactants, products, others):
        net = mechanism_of(form).network
        whole = {**{x: -n for x, n in form.reactants.items()}}
        for x, n in form.products.items():
            whole[x] = whole.get(x, 0) + n
        wanted = np.array([float(whole.get(x, 0)) for x in net.species_names])
        changes = (net.product_stoichiometry() - net.reactant_stoichiometry()).astype(float)
        assert np.abs(changes @ np.linalg.lstsq(changes, wanted, rcond=None)[0] - wanted).max() < 1e-9, net


@pytest.mark.parametrize(
    ("reaction", "title", "start"),
    [
        ("A -> P", "Michaelis-Menten with product inhibition by P", {"A": 1.0, "P": 0.2}),
        ("A -> P", "reversible Michaelis-Menten with product inhibition by P", {"A": 1.0}),
        ("D -> 2 M", "half order in D", {"D": 1.0}),
        ("A + B -> P", "Langmuir-Hinshelwood on two sites, A and B adsorbed", {"A": 1.0, "B": 0.7}),
    ],
)
def test_a_mechanism_with_numbers_runs_as_its_law(reaction, title, start):
    left, right = reaction.split(" -> ")
    form = next(f for f in forms(left, right, ()) if f.title == title)
    values = {n: v for n, v in zip(form.parameters, (1.0, 0.7, 1.5, 2.0), strict=False)}
    species = tuple(dict.fromkeys([*form.reactants, *form.products]))
    law = cs.simulate(form.network(species, values), (0, 1.2, 5), initial=start).values[0]
    steps = cs.simulate(mechanism_of(form).with_numbers(values), (0, 1.2, 5), initial=start)
    columns = [steps.species.index(name) for name in species]
    assert np.abs(steps.values[0][:, columns] - law).max() < 0.01


def test_names_that_are_taken_are_left_to_the_species():
    form = next(f for f in forms("k", "E", ()) if len(f.bound) == 2 and f.sites == 1)
    names = mechanism_of(form).network.species_names
    assert {"k", "E"} <= set(names)
    assert "E_" in names
    assert "k" not in form.parameters
