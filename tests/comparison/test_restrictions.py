"""A list of allowed reactions and the kind of vessel restrict what is searched."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.allowed import allowed_reactions, library_of
from crnsym.comparison.describe import reaction_texts
from crnsym.comparison.restrictions import Restrictions
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.deciding import PRICES
from crnsym.errors import CrnsymError
from crnsym.regression.library import Library
from crnsym.search.question import ask
from crnsym.search.run import SearchResult, search
from crnsym.search.score import Score
from tests.engine import columns_of


def texts(library: Library, species: tuple[str, ...]) -> set[str]:
    left = library.complexes[library.source]
    return {
        " + ".join(n for n, k in zip(species, y, strict=True) for _ in range(k))
        + " -> "
        + " + ".join(n for n, k in zip(species, y + s, strict=True) for _ in range(k))
        for y, s in zip(left.tolist(), library.net, strict=True)
    }


def made(text: str, starts: list[dict[str, float]], times: tuple[float, float, int] = (0, 8, 25)) -> Trajectories:
    return cs.simulate(cs.network(text), times=times, initial=starts, noise=0.01, seed=3)


def searched(
    data: Trajectories, library: str | None = None, vessel: str = "auto", known: str | None = None
) -> SearchResult:
    given = [None if text is None else cs.network(text) for text in (library, known)]
    chemistry = Restrictions.of(data, given[1], None, None, given[0], vessel)  # type: ignore[arg-type]
    named = chemistry.unmeasured(len(data.species))
    question = ask(
        data,
        estimate_noise(data),
        chemistry=chemistry,
        unmeasured=named,
        hidden=None if named is not None or library is None else 0,
        vessel=vessel,
        starts=chemistry.starts,
    )
    return search(question)


def best(found: SearchResult) -> set[str]:
    return set(reaction_texts(found.ranked[0][1].mechanism))


@pytest.fixture(scope="module")
def chain() -> Trajectories:
    return made("A -> B @ 0.6; B -> C @ 0.3; C -> B @ 0.05", [{"A": 1.0}, {"A": 0.4, "B": 0.8}])


def test_both_directions_of_a_reversible_reaction_are_allowed(chain: Trajectories) -> None:
    listed = allowed_reactions(cs.network("A <-> B; B -> C"), chain)
    assert texts(library_of(listed, 3, 1), ("A", "B", "C")) == {"A -> B", "B -> A", "B -> C"}


def test_a_reaction_that_is_listed_twice_counts_once(chain: Trajectories) -> None:
    listed = allowed_reactions(cs.network("A -> B; B -> C; A -> B @ 3"), chain)
    assert len(library_of(listed, 3, 1).source) == 2


@pytest.mark.parametrize(("order", "count"), [(1, 2), (2, 3), (3, 4)])
def test_a_library_takes_reactions_up_to_its_order_and_the_last_takes_all(
    chain: Trajectories, order: int, count: int
) -> None:
    listed = allowed_reactions(cs.network("A -> B; B -> C; A + B -> 2 C; 3 A + B -> 4 C"), chain)
    assert len(library_of(listed, 3, order).source) == count


def test_reactions_that_break_a_law_are_left_out_of_its_library(chain: Trajectories) -> None:
    listed = allowed_reactions(cs.network("A -> B; B -> 2 C; C -> 0"), chain)
    laws = np.array([[1, 1, 1]])
    assert texts(library_of(listed, 3, 2, laws), ("A", "B", "C")) == {"A -> B"}
    assert texts(library_of(listed, 3, 2, laws * [0, 2, 1]), ("A", "B", "C")) == {"B -> C + C"}


def test_only_listed_reactions_are_fitted(chain: Trajectories) -> None:
    allowed = {"A -> B", "B -> A", "B -> C", "A -> C"}
    found = searched(chain, "A <-> B; B -> C; A -> C")
    assert found.ranked
    for _, fit in found.ranked:
        assert set(reaction_texts(fit.mechanism)) <= allowed
    assert {"A -> B", "B -> C"} <= best(found)


def test_the_truth_is_found_among_listed_reactions(chain: Trajectories) -> None:
    assert best(searched(chain, "A <-> B; B <-> C; A <-> C; A + B -> 2 B; 2 A -> B + C")) == {
        "A -> B",
        "B -> C",
        "C -> B",
    }


def test_known_reactions_stay_beside_the_listed(chain: Trajectories) -> None:
    found = searched(chain, "A -> B; A -> C", known="B <-> C")
    assert {"B -> C", "C -> B"} <= best(found) <= {"A -> B", "A -> C", "B -> C", "C -> B"}


def test_an_unmeasured_species_of_the_list_is_searched_for() -> None:
    full = made("A -> X @ 1.0; 2 X -> B @ 2.0; X -> C @ 0.3", [{"A": 1.0}, {"A": 2.0}, {"A": 0.5}])
    data = columns_of(full, "ABC")
    found = searched(data, "A -> X; X -> A; X -> B; 2 X -> B; X -> C; A -> C; 2 A -> B; X + C -> B")
    assert found.ranked[0][1].mechanism.species == ("A", "B", "C", "X")
    assert best(found) == {"A -> X", "2 X -> B", "X -> C"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A -> B; X -> C", "library: X is not measured and no reaction makes it"),
        ("A -> B; C1 -> C", "did you mean 'C'"),
        ("A -> B @ 0.3*A/(1 + A)", "not mass action"),
        ("A -> 0.5 B", "not a whole number"),
        ("", "the library has no reactions"),
    ],
)
def test_lists_that_cannot_be_used_are_refused_in_one_line(chain: Trajectories, text: str, words: str) -> None:
    with pytest.raises(CrnsymError, match=words) as raised:
        Restrictions.of(chain, None, None, None, cs.network(text))
    assert "\n" not in str(raised.value)


def test_listed_reactions_must_balance_by_the_formulas(chain: Trajectories) -> None:
    formulas = {"A": "C2H4", "B": "C2H4", "C": "CH2"}
    with pytest.raises(CrnsymError, match="allowed reaction A -> C does not balance"):
        Restrictions.of(chain, None, formulas, None, cs.network("A -> B; A -> C"))
    assert Restrictions.of(chain, None, formulas, None, cs.network("A -> B; A -> 2 C")).listed is not None


@pytest.mark.parametrize("text", ["A -> 0", "0 -> B", "A -> 2 A", "A + B -> B", "C -> 2 C + A"])
def test_a_closed_vessel_refuses_reactions_that_make_or_destroy_matter(chain: Trajectories, text: str) -> None:
    for known, listed in ((text, None), (None, text)):
        given = [None if t is None else cs.network(t) for t in (known, listed)]
        with pytest.raises(CrnsymError, match="a closed vessel cannot"):
            Restrictions.of(chain, given[0], None, None, given[1], "closed")
        assert Restrictions.of(chain, given[0], None, None, given[1], "open").vessel == "open"


def test_a_closed_vessel_leaves_no_one_sided_reaction_in_a_library() -> None:
    library = Restrictions(None, None, vessel="closed").library(3, 2, 3, None)
    assert len(library.source)
    assert np.all((library.net > 0).any(axis=1) & (library.net < 0).any(axis=1))


def test_the_price_of_a_drain_depends_on_the_vessel() -> None:
    left, net = np.array([[1, 0], [0, 1]]), np.array([[-1, 1], [0, -1]])
    price = {v: replace(Score(50, 2), vessel=v).structure(left, net) for v in ("auto", "open", "closed")}
    assert price["open"] < price["auto"] < PRICES.refused < price["closed"]
    kept = {v: replace(Score(50, 2), vessel=v).structure(left[:1], net[:1]) for v in ("auto", "open", "closed")}
    assert len(set(kept.values())) == 1


def test_nothing_comes_or_goes_in_a_closed_vessel() -> None:
    data = made("A -> B @ 0.6; B -> 0 @ 0.2", [{"A": 1.0}, {"A": 0.3, "B": 0.9}], (0, 6, 15))
    assert "B -> 0" in best(searched(data, "A <-> B; B -> 0", "open"))
    chemistry = Restrictions.of(data, None, None, 1, None, "closed")
    found = search(ask(data, estimate_noise(data), chemistry=chemistry, max_order=1, hidden=0, vessel="closed"))
    for _, fit in found.ranked:
        assert np.all(fit.mechanism.net_stoichiometry.sum(axis=1) == 0)


def test_the_command_line_reads_a_library(tmp_path: Path, chain: Trajectories) -> None:
    file = tmp_path / "allowed.crn"
    file.write_text("A <-> B\nB <-> C\n")
    found = cs.discover(chain, library=file, time_budget=60)
    assert set(reaction_texts(found[0].mechanism)) == {"A -> B", "B -> C", "C -> B"}
    assert found.details["options"]["library"] == str(cs.network("A <-> B\nB <-> C"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vessel": "half"}, "vessel='half' is not known"),
        ({"library": "A -> B", "hidden": 1}, "hidden=1 together with"),
    ],
)
def test_options_that_contradict_are_refused(chain: Trajectories, options: dict[str, object], words: str) -> None:
    if "library" in options:
        options = {**options, "library": cs.network(str(options["library"]))}
    with pytest.raises(CrnsymError, match=words):
        cs.discover(chain, **options)  # type: ignore[arg-type]
