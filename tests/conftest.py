"""Fixtures that many tests share."""

import os
from pathlib import Path

import pytest

# threads that wait by spinning slow down the other workers of a test run
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared measurements and reference networks, which lies beside the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"the shared data are not here ({_SHARED})")
    return _SHARED
