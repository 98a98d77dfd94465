"""Sites that were taken for something else: sums as they would be, in the mean, without."""

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from .sums import COUNTS, Layout

LARGEST = 0.3  # chance to be misread above which little is left to correct


def confusion(given: ArrayLike, states: int) -> np.ndarray:
    """Return ``(states, states)``: the chance that a site of the second state is taken for the first.

    Parameters
    ----------
    given
        The chance that a site shows another state than it has, each as likely; or the whole matrix, as returned.

    Raises
    ------
    DataError
        Chances that are none, or too large to be corrected for.
    """
    try:
        found = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        found = np.full(3, np.nan)
    if found.ndim == 0:
        found = np.eye(states) * (1 - found) + (1 - np.eye(states)) * found / (states - 1)
    told = " ".join(repr(given).split())
    if found.shape != (states, states):
        raise DataError(
            f"misread={told}: give the chance that a site is taken for another state, or a table of "
            f"{states} x {states} chances, empty sites first: a column for what a site is, a row for what it seems"
        )
    if not (np.isfinite(found).all() and (found >= 0).all() and np.allclose(found.sum(axis=0), 1, atol=1e-6)):
        raise DataError(f"misread={told}: chances are between 0 and 1, and each column adds up to 1")
    if (np.diag(found) < 1 - LARGEST).any():
        raise DataError(f"misread={told}: more than {100 * LARGEST:.0f} % of sites of a state are misread")
    return found


def corrected(sums: np.ndarray, layout: Layout, misread: np.ndarray) -> np.ndarray:
    """Return sums ``(rows, sums)`` that are, in the mean over errors, those of sites that were read rightly.

    Sites are misread independently, so a sum over sites, pairs or triples is turned back state by state.
    """
    back, n, near = np.linalg.inv(misread), layout.states, layout.kinds * layout.states
    rows = len(sums)
    singles = sums[:, : n * layout.single].reshape(rows, n, layout.single)
    out = np.empty_like(sums)
    out[:, : n * layout.single] = _turned(singles, 1, layout, back).reshape(rows, -1)
    pairs = sums[:, n * layout.single :].reshape(rows, layout.reach, n, n, layout.bond)
    # of both orders of the two sites, each seen from its first: inside, neighbours; and how many lie inside together
    first = np.concatenate([pairs[..., :1], pairs[..., COUNTS : COUNTS + near]], axis=-1)
    second = np.concatenate([pairs[..., 1:2], pairs[..., COUNTS + near :]], axis=-1)
    seen = first + second.swapaxes(2, 3)
    both = pairs[..., 2] + pairs[..., 2].swapaxes(2, 3)
    seen = _turned(np.einsum("ax,by,rvxyk->rvabk", back, back, seen, optimize=True), 1, layout, back, ends=False)
    both = np.einsum("ax,by,rvxy->rvab", back, back, both, optimize=True)
    shared = np.where(np.eye(n), 0.5, np.tri(n, k=-1))  # larger first; equal ones hold both orders
    made = np.empty_like(pairs)
    made[..., 0], made[..., 1], made[..., 2] = seen[..., 0], seen.swapaxes(2, 3)[..., 0], both
    made[..., COUNTS : COUNTS + near] = seen[..., 1:]
    made[..., COUNTS + near :] = seen.swapaxes(2, 3)[..., 1:]
    out[:, n * layout.single :] = (made * shared[..., None]).reshape(rows, -1)
    return out


def _turned(found: np.ndarray, skip: int, layout: Layout, back: np.ndarray, ends: bool = True) -> np.ndarray:
    """Turn back the states of neighbours, behind the first ``skip`` sums; and of single sites."""
    if ends:
        found = np.einsum("ax,rxk->rak", back, found, optimize=True)
    near = found[..., skip:].reshape(*found.shape[:-1], layout.kinds, layout.states)
    near = np.einsum("sy,...uy->...us", back, near, optimize=True).reshape(*found.shape[:-1], -1)
    return np.concatenate([found[..., :skip], near], axis=-1)
