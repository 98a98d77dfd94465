"""Arguments of wrong kinds are refused in one line that names them; what annotations admit is read right."""

import inspect
import pickle
import timeit
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pytest
import sympy as sp
from numpy.typing import ArrayLike

import crnsym as cs
from crnsym.arguments import _kinds, checked
from crnsym.errors import ArgumentError, CrnsymError
from crnsym.kinds import fault, kinds_of

NET = cs.network("A -> B @ k; B -> A @ 0.1; param k = 0.5; init A = 1, B = 0")
LEARNERS = {"CRNN", "DynamicBoltzmann", "VectorField", "WakeSleep"}  # their arguments may be traced by jax


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cs.network(3), "network: text is of type int; give a text"),
        (lambda: cs.read(None), "read: path is None; give a path"),
        (lambda: cs.eliminate(NET, 3), "eliminate: species is of type int; give a text or a list"),
        (lambda: cs.siphons("A -> B"), "siphons: network is of type str; give a network, of crnsym.network"),
        (lambda: cs.siphons(NET, limit="many"), "siphons: limit is of type str; give a whole number"),
        (lambda: NET.rename(["A"]), "Network.rename: names is of type list; give a dict"),
        (lambda: NET.rename({"A": 3}), r"Network.rename: names\['A'\] is of type int; give a text"),
        (lambda: NET + "A -> B", "Network.__add__: other is of type str; give a network"),
        (lambda: NET.dynamically_equivalent("A -> B"), "other is of type str"),
        (lambda: cs.Network.from_graph({}), "Network.from_graph: graph is of type dict; give a DiGraph"),
        (lambda: cs.plot_ranking(None, [], 1), "plot_ranking: ax is None; give axes of matplotlib"),
        (lambda: cs.compare_petab([3]), r"compare_petab: problems\[0\] is of type int"),
        (lambda: cs.distinct([NET, "A -> B"]), r"distinct: networks\[1\] is of type str"),
        (lambda: NET.without(len), "reaction <built-in function len> of 2"),
        (lambda: cs.Species(["A"]), "."),
    ],
)
def test_what_a_verb_has_no_words_for_is_named(call, words):
    with pytest.raises(CrnsymError, match=words) as caught:
        call()
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("species", ["AB", "A", [], ()])
def test_a_text_is_no_list_of_columns(species):
    with pytest.raises(CrnsymError, match="give a list of the columns"):
        cs.read_table({"time": [0, 1, 2], "A": [3.0, 2.0, 1.0], "B": [0.0, 1.0, 2.0]}, species=species)


@pytest.mark.parametrize("seed", [-1, 2**70, 0.5, "one"])
def test_a_seed_that_no_generator_takes_is_refused_by_all(seed):
    data = cs.simulate(NET, (0.0, 2.0, 3), initial=[{"A": 1.0}, {"A": 2.0}, {"A": 3.0}])
    calls = [cs.discover, cs.split_experiments, cs.rate_laws, lambda _, seed: NET.svg(seed)]
    calls += [
        lambda _, seed: cs.compare([NET], data, seed=seed),
        lambda _, seed: cs.simulate_stochastic(NET, seed=seed),
    ]
    for call in calls:
        with pytest.raises(CrnsymError, match="seed="):
            call(data, seed=seed)


def test_arguments_that_are_missing_or_unknown_are_named_by_python():
    for call in (lambda: cs.siphons(), lambda: cs.siphons(NET, most=3)):
        with pytest.raises(TypeError, match="argument") as caught:
            call()
        assert not isinstance(caught.value, CrnsymError)


def test_a_fault_of_the_package_stays_one():
    """Where all arguments are right, or the package itself has called, nothing is put on them."""

    @checked
    class Made:
        def whole(self, number: int) -> float:
            return 1 / number

    with pytest.raises(ZeroDivisionError):
        Made().whole(0)
    with pytest.raises(ArgumentError):
        Made().whole("0")
    inside = {"__name__": "crnsym.somewhere", "made": Made()}
    with pytest.raises(TypeError) as caught:
        exec("made.whole('0')", inside)
    assert not isinstance(caught.value, CrnsymError)


def test_public_functions_are_what_they_were():
    assert cs.simulate is cs.simulate
    assert pickle.loads(pickle.dumps(cs.simulate)) is cs.simulate
    assert "times" in inspect.signature(cs.simulate).parameters
    assert cs.simulate.__doc__.startswith("Simulate")
    assert timeit.timeit(lambda: NET.symbol("A"), number=1000) < 1


@pytest.mark.parametrize(
    ("hint", "right", "wrong"),
    [
        (int, [3, 3.0, np.int64(3), sp.Integer(3), True], ["3", None, [3], 2.5, np.ones(2), int]),
        (float | None, [3, 0.5, np.float32(1), None, sp.Symbol("k")], ["3", b"3", [0.5], {}, len]),
        (str, ["", np.str_("a")], [3, None, b"a", ["a"], str]),
        (Sequence[str], [["a"], ("a",), [], np.array(["a"])], ["ab", None, [3], ["a", None], {"a": 1}, 3]),
        (tuple[float, float], [(1, 2), [0.5, 1]], ["12", 3, (1, "2"), None, {1: 2}]),
        (Mapping[str, float], [{}, {"a": 1}], [{"a": "1"}, {1: 1}, [("a", 1)], None, "a"]),
        (Mapping[str, float] | Sequence[float], [{"a": 1}, [1.5]], [{"a": None}, ["1"], 3, "a", None]),
        (Callable[[int], int] | None, [len, int, None], ["f", 3, [len]]),
        (Literal["a", "b"], ["a", "c"], [3, None, ["a"]]),
        (ArrayLike | None, [[1, 2], np.ones(3), 3.0, None, range(3)], ["1 2", {}, len, [1, "2"], [[1, None]]]),
        (np.ndarray, [np.ones(3), [1, 2]], ["1", None, {}, len]),
        (cs.Network | str, [NET, "A -> B"], [3, None, [NET], cs.Network]),
        (Any, [3, None, "a", len], []),
        (typing.SupportsFloat | sp.Basic, [sp.Symbol("k") + 1, 3], ["3", None, [3]]),
    ],
)
def test_what_an_annotation_admits(hint, right, wrong):
    assert not [value for value in right if fault("x", value, kinds_of(hint))]
    assert not [value for value in wrong if not fault("x", value, kinds_of(hint))]


def test_every_public_class_and_every_annotation_is_looked_at():
    """Each argument of each public verb and method refuses most wrong kinds, but the few that may be anything."""
    wrong = [3, "text", None, [1], {"a": 1}, len, object()]
    unmarked, open_ = [], []
    for name in cs.__all__:
        thing = getattr(cs, name)
        functions = {name: thing._find() if name in ("network", "report") else thing}
        if inspect.isclass(thing):
            members = {
                f"{name}.{m}": getattr(f, "__func__", f) for m, f in vars(thing).items() if not m.startswith("_")
            }
            functions = {m: f for m, f in members.items() if inspect.isfunction(f) and len(_parameters(f)) > 1}
        for called, function in functions.items():
            if name in LEARNERS:
                continue
            if not hasattr(function, "__wrapped__"):
                unmarked.append(called)
                continue
            for label, parameter in _parameters(function).items():
                kinds = _kinds(function.__wrapped__, parameter.annotation)
                if label != "self" and parameter.kind is not parameter.VAR_KEYWORD:
                    open_ += [f"{called} {label}"] * (sum(fault(label, one, kinds) is None for one in wrong) > 4)
    assert unmarked == []
    anything = {"Layers.split theta", "Network.latex form", "Tasks.each shared", "Tasks.run shared"}
    assert {*open_} == anything | {"Workers.submit args", "refit_many scale"}


def _parameters(function):
    return inspect.signature(function).parameters
