"""Normal equations of many mechanisms by numba.

The kernel holds no lock and threads share out the mechanisms: plain threads, because numba's own pools survive
neither a fork nor, some of them, a second caller.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .bulk_data import BulkData, BulkMechanisms
from .bulk_kernel import many

WIDTH = 32  # most runs in a block: the state and its sensitivities stay in the cache


def _blocks(array: np.ndarray, width: int) -> np.ndarray:
    """Cut the runs (first axis) into blocks, padded with zeros; the runs of a block become the last axis."""
    count = -(-len(array) // width)
    padded = np.zeros((count * width, *array.shape[1:]))
    padded[: len(array)] = array
    return np.ascontiguousarray(np.moveaxis(padded.reshape(count, width, *array.shape[1:]), 1, -1))


class NumbaNormalEquations:
    """Cost, gradient and normal matrix of any selection of the mechanisms, as a function of log rates."""

    def __init__(self, data: BulkData, mechanisms: BulkMechanisms, *, threads: int = 2):
        self.mechanisms, self.threads = mechanisms, max(1, threads)
        measured = np.any(data.weights[:, 1:] > 0, axis=2)
        lengths = measured.shape[1] - measured[:, ::-1].argmax(axis=1)
        by_length = np.argsort(-lengths, kind="stable")  # runs of like length share a block
        runs = len(lengths)
        width = 4 * -(-runs // (4 * -(-runs // WIDTH)))
        arrays = [_blocks(a[by_length], width) for a in (data.steps, data.values, data.weights, data.initial)]
        self.data = (np.ascontiguousarray(lengths[by_length][::width]), *arrays)

    def __call__(
        self, index: np.ndarray, log_rates: np.ndarray, substeps: np.ndarray, *, sensitivities: bool = True
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Evaluate mechanisms ``index`` at ``log_rates`` ``(len(index), reactions)``."""
        m, number, width = self.mechanisms, len(index), log_rates.shape[1]
        cost = np.full(number, np.inf)
        gradient, hessian = np.zeros((number, width)), np.zeros((number, width, width))
        piece = max(1, min(16, -(-number // self.threads)))

        def work(first: int) -> None:
            last = min(first + piece, number)
            many(
                first, last, index, log_rates, m.counts, m.slots, m.net, sensitivities, self.data, substeps,
                cost, gradient, hessian,
            )  # fmt: skip

        starts = range(0, number, piece)
        if self.threads == 1 or number <= piece:
            for first in starts:
                work(first)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(work, starts))
        return cost, gradient, hessian
