"""Fixtures that many tests share."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared measurements and reference networks, which lies beside the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"the shared data are not here ({_SHARED})")
    return _SHARED
