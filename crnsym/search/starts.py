"""Mechanisms to start from: paths of complexes, decoded."""

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT
from crnsym.regression.decode import decode
from crnsym.regression.library import Library
from crnsym.regression.quadratic import ComplexModel
from crnsym.search.local import build


def decoded_starts(
    species: tuple[str, ...], path: list[ComplexModel], elbow: int, library: Library, remark: str
) -> list[Mechanism]:
    """Decode the models around the elbow of an elimination path (largest model first in ``path``)."""
    starts, seen = [], set()
    for position in range(min(elbow + EFFORT.below_elbow, len(path) - 1), max(elbow - EFFORT.above_elbow, 0) - 1, -1):
        model = path[position]
        source, net, rates = [], [], []
        for y in model.active:
            options = decode(model.net_vectors[y], model.precision[int(y)], library, int(y), keep=1)
            for _, members, x in options[:1]:
                source += library.source[members].tolist()
                net += library.net[members].tolist()
                rates += x.tolist()
        if not source:
            continue
        mechanism = build(species, library, np.array(source), np.array(net), np.array(rates), remark)
        if mechanism.structure() not in seen:
            seen.add(mechanism.structure())
            starts.append(mechanism)
    return starts
