"""What is asked goes on record whole, so that no discovery is resumed for another question."""

import inspect
import json

import crnsym as cs
from crnsym.discovery.prepared import prepare
from crnsym.discovery.request import Request

DATA = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
PLAIN = {name: p.default for name, p in inspect.signature(cs.discover).parameters.items()}
CARRIED = {"data", "time_budget", "executor", "progress", "checkpoint", "resume"}  # what no answer depends on
ASKED = {name: value for name, value in PLAIN.items() if name not in CARRIED}


def test_every_option_that_decides_the_answer_is_recorded_but_the_operation_which_the_table_holds():
    recorded = Request(**ASKED).recorded(DATA)
    assert set(recorded) == set(ASKED) - {"operation"}


def test_records_of_different_questions_differ_and_are_json():
    others = {
        "seed": 1,
        "max_order": 1,
        "hidden": 0,
        "known": cs.network("A -> B @ k"),
        "formulas": {"A": "C2", "B": "C2"},
        "library": cs.network("A -> B @ k"),
        "excluded": cs.network("B -> A @ k"),
        "vessel": "open",
        "rates": {"A -> B": (0.5, 0.1)},
        "bounds": {"A -> B": (0.1, 1.0)},
        "detailed_balance": True,
        "restarts": 3,
        "learner": "all",
        "noise": 0.01,
        "starts": {"A": 1.0},
        "observables": {"A": "s*A"},
        "spectra": ("A",),
        "per_run": ("s",),
    }
    assert set(others) == set(ASKED) - {"operation"}
    records = [Request(**{**ASKED, name: value}).recorded(DATA) for name, value in others.items()]
    texts = [json.dumps(record, sort_keys=True) for record in (Request(**ASKED).recorded(DATA), *records)]
    assert len(set(texts)) == len(texts)


def test_formulas_that_name_no_unmeasured_species_ask_for_none():
    prepared = prepare(DATA, Request(**{**ASKED, "formulas": {"A": "C2", "B": "C2"}}), 10.0)
    assert prepared.request.hidden == 0
    assert prepared.request.recorded(DATA)["hidden"] == 0
    assert prepare(DATA, Request(**ASKED), 10.0).request.hidden is None


def test_a_question_about_some_runs_has_those_runs_alone():
    prepared = prepare(DATA, Request(**ASKED), 10.0)
    assert len(prepared.question([0]).view.problem.lengths) == 1
    assert prepared.question().species == len(DATA.species)
