"""Fixtures that many tests share."""

import os
import sys
from pathlib import Path
from typing import Any

# what one worker has compiled of the package and of the tests the other reads, and the processes that tests start
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import jax  # noqa: E402
import pytest  # noqa: E402

# threads that wait by spinning slow down the other workers of a test run
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# tests ask whether results are right, not how fast: most of them compile more than they compute, and XLA compiles in
# three quarters of the time if it optimises little. What tests start inherits this, since the flags are part of the key
# under which compiled programs are shared; XLA reads them at the first program, and what the user gave stands last.
_QUICK = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    "--xla_cpu_parallel_codegen_split_count=1"
)
os.environ["XLA_FLAGS"] = f"{_QUICK} {os.environ.get('XLA_FLAGS', '').replace(_QUICK, '')}".strip()

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Let all workers take what one of them has compiled; processes that tests start, and kill, only read it."""
    folder = str(config.cache.mkdir("jax"))
    os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "1e9"
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker whether all tests are run."""
    node.workerinput["all"] = node.config.args_source is pytest.Config.ArgsSource.TESTPATHS


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each of two workers compile a half of what modules of tests need when they are imported, and not all of it.

    Both import the same modules at the same time, so that each would compile what the other compiles, too.
    """
    told = getattr(session.config, "workerinput", {})
    if told.get("all") and told["workerid"] in _AT_IMPORT:
        _AT_IMPORT[told["workerid"]]()


def _solver() -> None:
    from crnsym import network, simulate

    simulate(network("A -> B @ 1; init A = 1"), (0, 1, 3))


def _fits() -> None:
    from tests.comparison.cases import measured, problem

    problem(measured())


_AT_IMPORT = {"gw0": _solver, "gw1": _fits}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with tests that compile nothing, so that the worker of the other half compiles the search for both."""
    items.sort(key=lambda item: "network" not in item.path.parts)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared measurements and reference networks, which lies beside the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"the shared data are not here ({_SHARED})")
    return _SHARED
