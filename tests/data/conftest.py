"""Fixtures for tables on disk."""

import pytest


@pytest.fixture
def table(tmp_path):
    """Write a file of a table; return its path."""

    def write(text, name="runs.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
