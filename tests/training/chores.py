"""Small tasks that other processes can import."""

import os
import signal
import time
from pathlib import Path

import numpy as np


def square(shared: float, batch: tuple[float, ...]) -> np.ndarray:
    return shared * np.array(batch) ** 2


def die_once(marker: str, batch: int) -> int:
    """Kill this process at the first call for batch 1; a second call returns as the others do."""
    if batch == 1:
        try:
            Path(marker).touch(exist_ok=False)
        except FileExistsError:
            return batch
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    return batch


def always_die(_: None, batch: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def slow(seconds: float, batch: int) -> tuple[int, int]:
    time.sleep(seconds)
    return batch, os.getpid()


def fail(_: None, batch: int) -> int:
    raise ZeroDivisionError(f"batch {batch}")
