"""Jobs give what serial runs give, tell how they go, and end when asked."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import DataError, FitError
from tests.jobs.chains import chain, oscillator

LONG = 300.0


def content(found):
    """Everything of an answer but what the clock says."""
    rates = [(c.network, dict(c.rates), dict(c.standard_errors), c.score) for c in found]
    return rates, found.statement, found.remarks, dict(found.inclusion), found.complete


@pytest.fixture(scope="module")
def serial():
    return {seed: content(cs.discover(chain(seed), seed=seed, time_budget=LONG)) for seed in range(4)}


def test_six_jobs_at_once_two_cancelled_and_the_others_as_serial_runs(serial):
    slow = [cs.start_discovery(oscillator(i), name=f"slow {i}", time_budget=LONG) for i in range(2)]
    jobs = [cs.start_discovery(chain(seed), seed=seed, name=f"job {seed}", time_budget=LONG) for seed in range(4)]
    for job, keep in zip(slow, (True, False), strict=True):
        next(event for event in job if event.best is not None)
        assert job.cancel(keep=keep)
    for seed, job in enumerate(jobs):
        assert content(job.result(LONG)) == serial[seed]
        assert not job.cancelled()
    kept = slow[0].result(LONG)
    assert not kept.complete
    assert len(kept)
    assert kept.details["interrupted"]
    assert kept.verdict == "unfinished"
    with pytest.raises(CancelledError):
        slow[1].result(LONG)
    assert all(job.cancelled() and not job.cancel() for job in slow)


def test_events_tell_stages_and_the_best_so_far():
    job = cs.start_discovery(chain(1), time_budget=LONG)
    events = list(job)
    assert tuple(events) == job.events
    assert list(job) == events  # also for who comes late
    assert job.latest is events[-1]
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages[0] == "noise and conservation laws"
    assert {"rivals of the best answer", "final fits"} < {*stages}
    improved = [event for event in events if event.improved]
    scores = [event.best.score for event in improved]
    assert scores == sorted(scores, reverse=True)
    assert [e.seconds for e in events] == sorted(e.seconds for e in events)
    assert [e.fits for e in events] == sorted(e.fits for e in events)
    best = improved[-1].best
    found = job.result()
    assert list(best.reactions) == found[0].reactions == ["A -> B", "B -> C"]
    assert best.chi2_per_value == pytest.approx(found[0].reduced, rel=1e-3)
    assert 1 >= best.probabilities["A -> B"] > 0.9
    course = best.course(0, np.array([0.0, 2.0]))
    k1, k2 = best.reactions.values()
    assert course[1, 0] / course[0, 0] == pytest.approx(np.exp(-2 * k1), rel=1e-4)
    assert "A -> B @" in str(improved[-1])
    assert k2 < k1


def test_a_job_is_awaited_and_iterated_in_an_event_loop(serial):
    async def first_of(job):
        async for event in job:
            if event.best is not None:
                return event
        return None

    async def both():
        jobs = [cs.start_discovery(chain(seed), seed=seed, time_budget=LONG) for seed in (2, 3)]
        event = await first_of(jobs[0])
        with pytest.raises(TimeoutError):  # who gives up waiting does not end the job
            await asyncio.wait_for(jobs[1], 1e-6)
        return event, await asyncio.gather(*jobs)

    event, found = asyncio.run(both())
    assert event.fits > 0
    assert [content(f) for f in found] == [serial[2], serial[3]]


def test_a_second_cancel_drops_the_answer_and_an_ended_job_has_none_to_cancel():
    job = cs.start_discovery(oscillator(), time_budget=LONG)
    next(event for event in job if event.best is not None)
    assert job.cancel()
    job.cancel()
    with pytest.raises(CancelledError):
        job.result(LONG)
    assert isinstance(job.exception(), CancelledError)
    assert "cancelled" in repr(job)
    done = cs.start_discovery(chain(0), time_budget=LONG)
    done.result(LONG)
    assert not done.cancel()
    assert not done.cancelled()


def test_what_goes_wrong_is_said_at_once_or_by_the_result(tmp_path):
    with pytest.raises(DataError):
        cs.start_discovery(tmp_path / "nothing.csv")
    with pytest.raises(TypeError, match="tolerance"):
        cs.start_discovery(chain(0), tolerance=1.0)
    with pytest.raises(FitError, match="events"):
        cs.start_discovery(chain(0), progress=print)
    job = cs.start_discovery(chain(0), noise="loud")
    with pytest.raises(DataError, match="loud"):
        job.result(LONG)
    assert "failed" in repr(job)


def test_whoever_asks_is_told_of_the_end_and_so_is_the_log(caplog):
    ended = threading.Event()
    with caplog.at_level(logging.INFO, "crnsym.jobs"):
        job = cs.start_discovery(chain(4), name="four", time_budget=LONG)
        job.add_done_callback(lambda told: told is job and ended.set())
        assert ended.wait(LONG)
    assert job.done()
    assert [r.getMessage() for r in caplog.records] == ["four begins", "four ends: decided"]


def test_work_in_other_processes_is_cancelled_too():
    with cs.Workers(1) as workers:
        job = cs.start_discovery(oscillator(), executor=workers, time_budget=LONG)
        next(event for event in job if event.seconds > 4.0)
        assert job.cancel()
        found = job.result(60.0)
    assert not found.complete
    assert len(found)


def test_threads_share_compiled_loops_without_openmp():
    code = (
        "import crnsym as cs; from tests.jobs.chains import chain\n"
        "jobs = [cs.start_discovery(chain(s), seed=s, time_budget=300) for s in range(3)]\n"
        "print([j.result()[0].reactions for j in jobs])"
    )
    environment = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue", "NUMBA_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("'A -> B', 'B -> C'") == 3
