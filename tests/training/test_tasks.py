"""Tasks give the same results wherever they run, survive lost workers, and repeat nothing that is finished."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.errors import FitError, RecordWarning
from crnsym.training.plain import decode, encode, fingerprint
from crnsym.training.tasks import SUFFIX, Tasks
from crnsym.training.workers import Workers

from .chores import always_die, die_once, fail, slow, square

BATCHES = [(0.1, 0.2), (1 / 3,), (np.pi, 1e-300, 7.0)]


def mechanism(rate: float = 0.3) -> Mechanism:
    return Mechanism(("A", "B"), np.array([[1, 0]]), np.array([[0, 1]]), np.array([rate]), ("found",))


def test_results_keep_every_bit() -> None:
    values = [1 / 3, np.nan, -np.inf, (None, True, "x"), {("a", 1): np.arange(6.0).reshape(2, 3) / 7}, np.float64(0.1)]
    again = decode(encode(values))
    assert np.isnan(again[1])
    assert [again[i] for i in (0, 2, 3, 5)] == [values[i] for i in (0, 2, 3, 5)]
    np.testing.assert_array_equal(again[4]["a", 1], values[4]["a", 1])
    found = decode(encode(mechanism()))
    assert found.species == ("A", "B")
    assert found.reactants.dtype == mechanism().reactants.dtype


def test_what_the_reader_has_is_a_reference() -> None:
    known = mechanism()
    text = encode([known, known], (1.0, {"m": known}))
    assert "log_rates" not in text
    other = mechanism()
    assert decode(text, (1.0, {"m": other}))[0] is other


@pytest.mark.parametrize(
    "text",
    [
        '{"class": "subprocess:Popen", "fields": {"args": "true"}}',
        '{"class": "crnsym.errors:x"',
        '{"class": "crnsym.__main__:x", "fields": {}}',
        '{"class": "crnsym.training.tasks:Tasks", "fields": {}}',
        '{"class": "crnsym.training.plain:fields", "fields": {}}',
        '{"class": "crnsym..x:y", "fields": {}}',
        '{"class": 3, "fields": {}}',
        '{"class": "crnsym.data.trajectories:Trajectories", "fields": {"species": 3}}',
        '{"shared": 3}',
        '{"array": [1e999], "type": "<i8", "shape": [1]}',
        '{"array": [99999999999999999999999], "type": "<i8", "shape": [1]}',
        '{"array": ["x"], "type": "<U999999999", "shape": [1]}',
        '{"array": [1], "type": "O", "shape": [1]}',
        '{"array": [1], "type": "<f8", "shape": [1000000000000]}',
        pytest.param("[" * 100_000, id="nested"),
        "",
        "\x00",
    ],
)
def test_nothing_but_data_classes_of_the_package_is_built(text: str) -> None:
    with pytest.raises(ValueError, match="not the result of a task"):
        decode(text)


def test_fingerprints_follow_the_content() -> None:
    assert fingerprint(mechanism(), [1.0]) == fingerprint(mechanism(), [1.0])
    assert fingerprint(mechanism(), [1.0]) != fingerprint(mechanism(0.3 + 1e-16 * 2), [1.0])
    with pytest.raises(TypeError, match="not function"):
        fingerprint(mechanism)


def test_threads_and_processes_give_what_one_process_gives() -> None:
    here = Tasks().run(square, 0.7, BATCHES)
    with ThreadPoolExecutor(2) as threads, Workers(2) as processes:
        for executor in (threads, processes):
            for a, b in zip(here, Tasks(executor).run(square, 0.7, BATCHES), strict=True):
                np.testing.assert_array_equal(a, b)


def test_a_resumed_run_computes_only_what_is_missing(tmp_path: Path) -> None:
    first = Tasks(folder=tmp_path)
    whole = first.run(square, 0.7, BATCHES)
    files = sorted(tmp_path.glob(f"*{SUFFIX}"))
    assert (first.computed, first.reused, len(files)) == (3, 0, 3)
    files[0].unlink()
    files[1].write_text('{"array": [1.0', encoding="utf-8")  # torn
    again = Tasks(folder=tmp_path, resume=True)
    with pytest.warns(RecordWarning, match="damaged; what it held is computed again"):
        results = again.run(square, 0.7, BATCHES)
    for a, b in zip(whole, results, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (again.computed, again.reused) == (2, 1)
    assert Tasks(folder=tmp_path, resume=True).run(square, 0.8, BATCHES[:1])[0][0] == 0.8 * 0.1**2
    Tasks(folder=tmp_path)
    assert not list(tmp_path.glob("*"))


def test_a_killed_process_costs_its_batch_only(tmp_path: Path) -> None:
    with Workers(2) as workers:
        tasks = Tasks(workers, tmp_path / "kept")
        assert tasks.run(die_once, str(tmp_path / "marker"), list(range(4))) == [0, 1, 2, 3]
    assert (tmp_path / "marker").exists()
    assert tasks.computed == 4


def test_workers_that_always_die_end_in_one_sentence(tmp_path: Path) -> None:
    with Workers(1) as workers, pytest.raises(FitError, match=r"lost 5 times in a row.*finished batches are kept in"):
        Tasks(workers, tmp_path).run(always_die, None, [1])
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(FitError, match=r"crnsym\.Workers"),
    ):
        Tasks(pool).run(always_die, None, [1])


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom crnsym.training.workers import Workers\nfrom tests.training.chores import slow\n"
        "if __name__ == '__main__':\n"
        "    with Workers(2) as workers:\n"
        "        print(*{workers.submit(slow, 0.3, i).result()[1] for i in range(6)}, flush=True)\n"
        "        [f.result() for f in [workers.submit(slow, 60, i) for i in range(4)]]\n"
    )
    (tmp_path / "many.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "many.py")], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    with parent.stdout as told:
        workers = [int(pid) for pid in told.readline().split()]
    assert workers
    parent.kill()
    parent.wait()
    end = time.monotonic() + 5
    while any(map(_running, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(_running, workers))


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_an_error_in_a_task_is_raised_not_retried() -> None:
    with ThreadPoolExecutor(2) as threads, pytest.raises(ZeroDivisionError, match="batch 0"):
        Tasks(threads).run(fail, None, [0])


@pytest.fixture
def cluster():
    """A scheduler and two workers that nobody restarts, as processes of their own."""
    pytest.importorskip("distributed")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONWARNINGS": "ignore"}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen(dask, stderr=subprocess.PIPE, text=True, env=environment)
    assert scheduler.stderr is not None
    address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    workers = [subprocess.Popen([*command, "--no-dashboard"], **quiet) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()
    scheduler.stderr.close()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finishes_although_a_worker_is_killed(cluster, tmp_path: Path) -> None:
    from distributed import Client

    address, workers = cluster
    with Client(address, timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
        tasks = Tasks(client.get_executor(pure=False), tmp_path)
        done, killed = {}, None
        for i, result in tasks.each(slow, 0.3, list(range(8))):
            done[i] = result[0]
            if killed is None:
                killed = result[1]
                assert killed in [w.pid for w in workers]
                os.kill(killed, signal.SIGKILL)
                began = time.monotonic()
        assert done == {i: i for i in range(8)}
        assert tasks.computed == 8
        assert time.monotonic() - began < 60
