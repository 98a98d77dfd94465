"""Neighbours of a fitted mechanism, scored by the quadratic model of its trajectories."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.regression.decode import decode
from crnsym.regression.library import Library
from crnsym.regression.quadratic import Quadratic, conditional
from crnsym.search.score import Score


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A neighbouring mechanism: reactions as (complex index, net vector), predicted rates and score."""

    kind: str
    source: np.ndarray
    net: np.ndarray
    rates: np.ndarray
    score: float
    family: tuple[object, ...]


def propose(source: np.ndarray, net: np.ndarray, linear: Quadratic, library: Library, score: Score) -> list[Move]:
    """All neighbours worth a refit, best predicted score first, diversified by family.

    Moves: drop a reaction, add one, swap one for another (all pairs), decode one complex again with its conditional
    precision, transfer a molecule between the products of a source and of a sink of the same intermediate.
    """
    seen = {_key(source, net)}
    moves = []
    proposals = (
        *_drops(source, net),
        *_additions_and_swaps(source, net, linear, library, score),
        *_redecodings(source, net, linear, library),
        *_transfers(source, net, linear.complexes, library),
    )
    for kind, family, new_source, new_net in proposals:
        key = _key(new_source, new_net)
        if key in seen:
            continue
        seen.add(key)
        best, chi2 = linear.predict(new_source, new_net)
        used = best > 0
        if not used.all():
            new_source, new_net, best = new_source[used], new_net[used], best[used]
            key = _key(new_source, new_net)
            if key in seen or not len(best):
                continue
            seen.add(key)
        value = score.of(chi2, linear.complexes[new_source], new_net)
        moves.append(Move(kind, new_source, new_net, best, value, family))
    moves.sort(key=lambda m: m.score)
    kept, counts = [], {}
    for move in moves:
        counts[move.family] = counts.get(move.family, 0) + 1
        if counts[move.family] <= EFFORT.moves_per_kind:
            kept.append(move)
    return kept


Proposal = tuple[str, tuple[object, ...], np.ndarray, np.ndarray]


def _key(source: np.ndarray, net: np.ndarray) -> frozenset[tuple[int, ...]]:
    return frozenset((int(y), *map(int, s)) for y, s in zip(source, net, strict=True))


def _drops(source: np.ndarray, net: np.ndarray) -> Iterator[Proposal]:
    for i in range(len(source)):
        yield "drop", ("drop", i), np.delete(source, i), np.delete(net, i, axis=0)


def _additions_and_swaps(
    source: np.ndarray, net: np.ndarray, linear: Quadratic, library: Library, score: Score
) -> Iterator[Proposal]:
    """Predicted gain of every library reaction with the remaining rates re-optimised, sign of the rate respected."""
    n = linear.n_species
    count = len(source)
    model = linear.columns(source, net)
    crossed = linear.gram @ model  # (theta, model)
    inner = model.T @ crossed
    model_moment = model.T @ linear.moment
    rows = library.source[:, None] * n + np.arange(n)
    s = library.net.astype(float)
    cross = np.einsum("li,lim->lm", s, crossed[rows])
    moment = (s * linear.moment[rows]).sum(axis=1)
    diagonal = np.empty(len(s))
    for y in np.unique(library.source):
        at = library.at(int(y))
        diagonal[at] = np.einsum("li,ij,lj->l", s[at], linear.block(int(y)), s[at])
    # in units of chi2: d score = N d chi2 / chi2
    price = (score.per_rate + library.cost) * linear.predict(source, net)[1] / score.count
    tiny = 1e-9 * np.maximum(diagonal, 1e-300)
    for i in [-1, *range(count)]:
        rest = np.array([j for j in range(count) if j != i], int)
        if len(rest):
            scale = 1.0 / np.sqrt(np.maximum(np.diag(inner)[rest], 1e-300))
            matrix = inner[np.ix_(rest, rest)] * scale[:, None] * scale + 1e-10 * np.eye(len(rest))
            solved = np.linalg.solve(matrix, (cross[:, rest] * scale).T)
            own = diagonal - np.einsum("lm,ml->l", cross[:, rest] * scale, solved)
            force = moment - solved.T @ (model_moment[rest] * scale)
        else:
            own, force = diagonal, moment
        gain = np.divide(force**2, own, out=np.zeros_like(own), where=(force > 0) & (own > tiny))
        gain -= price
        order = np.argsort(-gain)[: EFFORT.move_pairs]
        for j in order:
            if force[j] <= 0:
                continue
            kind = "add" if i < 0 else "swap"
            family = (kind, i, int(library.source[j]))
            yield (
                kind,
                family,
                np.append(source[rest], library.source[j]),
                np.vstack([net[rest], library.net[j]]),
            )


def _redecodings(source: np.ndarray, net: np.ndarray, linear: Quadratic, library: Library) -> Iterator[Proposal]:
    """Decode anew the net vector at each complex, conditional on the other reactions re-optimised."""
    n = linear.n_species
    for y in np.unique(source):
        others = source != y
        own = int(y) * n + np.arange(n)
        size = n + int(others.sum())
        columns = np.zeros((len(linear.moment), size))
        columns[own, np.arange(n)] = 1.0
        columns[:, n:] = linear.columns(source[others], net[others])
        gram = columns.T @ linear.gram @ columns
        moment = columns.T @ linear.moment
        precision = conditional(gram, np.arange(n), np.arange(n, size))
        force = moment[:n].copy()
        if others.any():
            # on the scale of the reactions: one without any influence must not make the system singular
            scale = 1.0 / np.sqrt(np.maximum(np.diag(gram)[n:], 1e-300))
            inner = gram[n:, n:] * scale[:, None] * scale + 1e-10 * np.eye(size - n)
            force -= gram[:n, n:] * scale @ np.linalg.solve(inner, moment[n:] * scale)
        optimum = np.linalg.lstsq(precision, force, rcond=1e-12)[0]
        for _, members, _ in decode(optimum, precision, library, int(y), keep=6):
            yield (
                "decode",
                ("decode", int(y)),
                np.concatenate([source[others], library.source[members]]),
                np.vstack([net[others], library.net[members]]),
            )


def _transfers(source: np.ndarray, net: np.ndarray, complexes: np.ndarray, library: Library) -> Iterator[Proposal]:
    """Move one product molecule from a reaction that makes an intermediate to one that consumes it, or back."""
    reactants = complexes[source]
    products = reactants + net
    allowed = {(int(y), *map(int, s)) for y, s in zip(library.source, library.net, strict=True)}
    for a in range(len(source)):
        for b in range(len(source)):
            if a == b or not np.any((net[a] > 0) & (net[b] < 0)):
                continue
            for giver, taker in ((a, b), (b, a)):
                for m in np.flatnonzero(products[giver] > 0):
                    changed = net.copy()
                    changed[giver, m] -= 1
                    changed[taker, m] += 1
                    if all((int(source[j]), *map(int, changed[j])) in allowed for j in (giver, taker)):
                        yield "transfer", ("transfer", a, b), source, changed
