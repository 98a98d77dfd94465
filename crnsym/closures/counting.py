"""Probabilities of motifs in lattices: every place and orientation of a motif counts."""

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np

from ..dynamics.lattice.runs import LatticeRuns
from ..files.compiled import njit
from ..network.moments.motifs import Motif, Site


def motif_probabilities(runs: LatticeRuns, motifs: Sequence[Motif]) -> np.ndarray:
    """Return the share of places where each motif is found, ``(runs, times, motifs)``."""
    many, times = runs.sites.shape[:2]
    flat = np.ascontiguousarray(runs.sites.reshape(many * times, -1))
    states, found = len(runs.species) + 1, np.zeros((len(motifs), many * times))
    wanted: dict[tuple[Site, ...], list[tuple[int, int, int]]] = {}  # {sites: (motif, code, images)}
    for k, motif in enumerate(motifs):
        images = _images(motif)
        for image in images:
            code = sum(s * states**place for place, (_, s) in enumerate(image))
            wanted.setdefault(tuple(site for site, _ in image), []).append((k, code, len(images)))
    for sites, parts in wanted.items():
        places = _places(runs.shape, runs.periodic, sites)
        counted = np.zeros((len(flat), states ** len(sites)), dtype=np.int64)
        _count(flat, places, states, counted)
        for k, code, images in parts:
            found[k] += counted[:, code] / (len(places) * images)
    return np.moveaxis(found.reshape(-1, many, times), 0, -1)


def _images(motif: Motif) -> set[Motif]:
    """Return the motif as the turns and reflections of a lattice of equal sides leave it, each from its first site."""
    dimensions, found = len(motif[0][0]), set()
    for order in permutations(range(dimensions)):
        for signs in product((1, -1), repeat=dimensions):
            turned = sorted((tuple(s * site[a] for a, s in zip(order, signs, strict=True)), n) for site, n in motif)
            first = turned[0][0]
            found.add(tuple((tuple(x - o for x, o in zip(site, first, strict=True)), n) for site, n in turned))
    return found


def _places(shape: tuple[int, ...], periodic: bool, sites: tuple[Site, ...]) -> np.ndarray:
    """Return the sites under each placement that fits, ``(placements, sites)``."""
    grid = np.indices(shape).reshape(len(shape), -1)
    columns, fits = [], np.ones(grid.shape[1], dtype=bool)
    for site in sites:
        moved = grid + np.array(site)[:, None]
        fits &= (moved >= 0).all(axis=0) & (moved < np.array(shape)[:, None]).all(axis=0)
        columns.append(np.ravel_multi_index(tuple(moved % np.array(shape)[:, None]), shape))
    places = np.stack(columns, axis=1)
    return np.ascontiguousarray(places if periodic else places[fits])


@njit(cache=True, nogil=True)
def _count(lattices, places, states, counted):
    """Count the codes sum of state * states^position over placements, lattice by lattice."""
    for n in range(lattices.shape[0]):
        site = lattices[n]
        for i in range(places.shape[0]):
            code, base = 0, 1
            for j in range(places.shape[1]):
                code += site[places[i, j]] * base
                base *= states
            counted[n, code] += 1
