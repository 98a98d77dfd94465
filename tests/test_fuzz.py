"""A few cases of every kind of input; ``python -m tests.fuzz`` runs many."""

import pytest

from .fuzz.case import FAILURES, run_case
from .fuzz.kinds import KINDS

CASES = 12
SLOW = {"network_described": 3, "petab_damaged": 5, "network_analysed": 6}


@pytest.mark.parametrize("name", KINDS)
def test_every_input_is_read_right_or_refused(name):
    outcomes = [(number, run_case(KINDS[name], 0, number)) for number in range(SLOW.get(name, CASES))]
    bad = [f"{name} {number}: {o.word} {o.why}" for number, o in outcomes if o.word in FAILURES]
    assert not bad, "\n".join(bad)


def test_valid_inputs_are_judged_by_their_values(monkeypatch):
    monkeypatch.setattr("tests.fuzz.case.PATIENCE", 0.3)

    def wrong(random, folder):
        from .fuzz.case import expect

        expect(False, "as it should")

    def endless(random, folder):
        while True:
            pass

    assert run_case(wrong, 0).word == "wrong"
    assert run_case(lambda r, f: 1 / 0, 0).word == "traceback"
    assert run_case(endless, 0).word == "hang"
