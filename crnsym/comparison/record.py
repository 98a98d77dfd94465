"""What a discovery leaves on record of its data and its search: plain values for ``run.json``."""

import platform
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import __version__
from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories, data_hash
from ..search.run import SearchResult


def record(data: Trajectories, noise: NoiseModel, laws: Sequence[np.ndarray], result: SearchResult) -> dict[str, Any]:
    """Describe data, noise, hypotheses and stages; times in seconds, scores to four digits."""
    return {
        "data": {"sha256": data_hash(data), "runs": len(data), "values": data.count, "species": list(data.species)},
        "noise": {
            s: {"relative": float(r), "absolute": float(a)}
            for s, r, a in zip(data.species, noise.relative, noise.absolute, strict=True)
        },
        "laws": [law.tolist() for law in laws],
        "versions": {"crnsym": __version__, "python": platform.python_version(), "numpy": np.__version__},
        "stages": [{"stage": s, "seconds": round(t, 2), "score": _number(v)} for s, t, v in result.stages],
        "fits": result.fits,
    }


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
