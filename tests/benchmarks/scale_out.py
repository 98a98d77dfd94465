"""Discovery on one process, on spawned workers and on a cluster; and what 100,000 fits take on how many workers.

Run by hand: ``python -m tests.benchmarks.scale_out``, about ten minutes on two cores (``--problems 1`` about four). The
first table holds runs that were made: serial, two spawned processes, a Dask cluster of two worker processes, the same
with one of them killed in the middle, and a run that goes on from one that was stopped; the candidate tables are
compared byte for byte. The second is a simulation from times measured in this run: fits drawn from the measured ones,
handed out in batches by one scheduler to workers that first have to start.
"""

import argparse
import heapq
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from crnsym.comparison.polish import polished
from crnsym.comparison.restrictions import Restrictions
from crnsym.data.noise import estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.discovery import discover
from crnsym.dynamics.ode import simulate
from crnsym.network.text import network
from crnsym.refit.bulk import BATCH, refit_many
from crnsym.report.output import candidates_csv
from crnsym.search.question import ask
from crnsym.search.run import search
from crnsym.training.tasks import Tasks, carry_out
from crnsym.training.workers import Workers

PROBLEMS = {
    "dimer": "2 A -> B @ 0.4\n B -> C @ 0.25\n init A = 1.5",
    "enzyme": "E + S <-> C @ 1.5, 0.4\n C -> E + P @ 0.8\n init E = 0.4, S = 2",
    "autocatalysis": "A -> B @ 0.05\n A + B -> 2 B @ 0.7\n B -> C @ 0.1\n init A = 2",
}
FITS = 100_000
BANDWIDTH = 117e6  # bytes a second out of the scheduler: gigabit Ethernet


def data_of(text: str) -> Trajectories:
    model = network(text)
    names = list(model.species_names)
    rng = np.random.default_rng(5)
    runs = [{s: float(v) for s, v in zip(names, rng.uniform(0.1, 2.0, len(names)), strict=True)} for _ in range(4)]
    parts = [simulate(model, (0, 12, 14), initial=r, noise=0.08, seed=i) for i, r in enumerate(runs)]
    labels = tuple(str(i) for i in range(len(parts)))
    return Trajectories(parts[0].species, labels, tuple(p.times[0] for p in parts), tuple(p.values[0] for p in parts))


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and workers without nannies, as ``dask scheduler`` and ``dask worker`` do."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert scheduler.stderr is not None
    address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    processes = [subprocess.Popen([*worker, "--no-dashboard"], **quiet) for _ in range(workers)]
    try:
        yield address, [p.pid for p in processes]
    finally:
        for process in (*processes, scheduler):
            process.kill()
            process.wait()


class Stop:
    """A progress function that does something once, when so many final fits are done."""

    def __init__(self, part: float, action) -> None:
        self.part, self.action, self.done = part, action, False

    def __call__(self, stage: str, fraction: float | None, best: str) -> None:
        if stage == "final fits" and (fraction or 0.0) >= self.part and not self.done:
            self.done = True
            self.action()


def interrupt() -> None:
    raise KeyboardInterrupt


def compare_runs(name: str, data: Trajectories) -> None:
    from distributed import Client

    def run(tasks: Tasks, **options) -> tuple[str, float]:
        began = time.monotonic()
        found = discover(data, seed=0, hidden=0, time_budget=600, executor=tasks, **options)
        return candidates_csv(found), time.monotonic() - began

    def line(what: str, csv: str, tasks: Tasks, seconds: float) -> None:
        verdict = "same bytes" if csv == reference else "OTHER BYTES"
        print(f"{name:14} {what:34} {verdict:12} {tasks.computed:9d} {tasks.reused:7d} {seconds:8.1f}", flush=True)

    serial = Tasks()
    reference, seconds = run(serial)
    line("serial", reference, serial, seconds)
    with Workers(2) as workers:
        tasks = Tasks(workers)
        line("2 spawned workers", *_turn(run(tasks), tasks))
    for killed in (False, True):
        with cluster(2) as (address, pids), Client(address, timeout="60s") as client:
            client.wait_for_workers(2, timeout=60)
            tasks = Tasks(client.get_executor(pure=False))
            options = {"progress": Stop(0.3, lambda pids=pids: os.kill(pids[0], signal.SIGKILL))} if killed else {}
            line("Dask, 2 workers" + (", one killed" if killed else ""), *_turn(run(tasks, **options), tasks))
    with tempfile.TemporaryDirectory() as folder:
        kept = {"checkpoint": Path(folder) / "checkpoint"}
        first = Tasks(None, Path(folder) / "tasks")
        run(first, progress=Stop(0.5, interrupt), **kept)
        again = Tasks(None, Path(folder) / "tasks", resume=True)
        done = len(list((Path(folder) / "tasks").glob("final-fits-*")))
        csv, seconds = run(again, resume=True, **kept)
        line(f"resumed after {done} final fits", csv, again, seconds)


def _turn(result: tuple[str, float], tasks: Tasks) -> tuple[str, Tasks, float]:
    return result[0], tasks, result[1]


def measure(data: Trajectories) -> tuple[np.ndarray, float, float, dict[str, float]]:
    """Seconds of single final fits, bytes of a task beside its fits and of one fit, and overheads in seconds."""
    from distributed import Client

    shared = Restrictions(None, None)
    fits = [f for _, f in search(ask(data, estimate_noise(data), hidden=0)).ranked][:60]
    seconds, results = [], []
    for fit in fits:
        began = time.process_time()
        results.append(carry_out(polished, shared, fit))
        seconds.append(time.process_time() - began)
    one, two = len(pickle.dumps((shared, fits[:1]))), len(pickle.dumps((shared, fits[:11])))
    each = (two - one) / 10 + float(np.mean([len(r) for r in results]))
    with cluster(2) as (address, _), Client(address, timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
        tasks = Tasks(client.get_executor(pure=False))
        tasks.run(nothing, None, [-1, -2])
        began = time.monotonic()
        tasks.run(nothing, None, list(range(2000)))
        overhead = (time.monotonic() - began) / 2000
    began = time.monotonic()
    with Workers(1) as workers:
        Tasks(workers).run(polished, shared, fits[:1])
    return np.array(seconds), float(one), each, {"task": overhead, "start": time.monotonic() - began - seconds[0]}


def nothing(_: None, batch: int) -> int:
    return batch


def schedule(
    seconds: np.ndarray, workers: int, batch: int, fixed: float, each: float, overhead: dict[str, float]
) -> dict[str, float]:
    """Simulate one scheduler that hands a batch to whichever worker is free first."""
    rng = np.random.default_rng(0)
    work = rng.choice(seconds, FITS)
    sums = np.add.reduceat(work, np.arange(0, FITS, batch))
    sending = max(overhead["task"], (fixed + batch * each) / BANDWIDTH)
    free = [overhead["start"]] * workers
    heapq.heapify(free)
    clock, first_idle, end = 0.0, np.inf, 0.0
    for i, time_taken in enumerate(sums):
        at = heapq.heappop(free)
        clock = max(clock + sending, 0.0)  # the scheduler sends ahead, one task after the other
        finished = max(at, clock) + time_taken
        heapq.heappush(free, finished)
        end = max(end, finished)
        if i >= len(sums) - workers:
            first_idle = min(first_idle, at)
    total = float(work.sum())
    return {
        "time": end,
        "efficiency": total / (workers * end),
        "sending": sending * len(sums) / end,
        "data": (fixed + batch * each) * len(sums) / BANDWIDTH / end,
        "start": overhead["start"] / end,
        "tail": max(end - min(free), 0.0) / end,
    }


def limit(row: dict[str, float]) -> str:
    names = {"sending": "one scheduler", "data": "the network", "start": "starting workers", "tail": "the last batches"}
    worst = max(("start", "tail"), key=row.__getitem__)
    if row["sending"] > 0.9:
        return names["data" if row["data"] > 0.9 else "sending"]
    return names[worst] if row[worst] > 0.05 else "the fits"


def simulate_scale(data: Trajectories) -> None:
    seconds, fixed, each, overhead = measure(data)
    print(
        f"\nmeasured: a final fit {seconds.mean():.3f} s (median {np.median(seconds):.3f}, longest "
        f"{seconds.max():.2f}, {len(seconds)} fits); {fixed / 1e3:.0f} kB a task and {each / 1e3:.1f} kB a fit; "
        f"scheduler {1e3 * overhead['task']:.2f} ms a task; a worker starts in {overhead['start']:.1f} s"
    )
    print(f"simulated: {FITS} final fits, {seconds.mean() * FITS / 3600:.1f} processor hours")
    print(f"{'workers':>8} {'batch':>6} {'hours':>9} {'efficiency':>11} {'scheduler':>10} {'idle end':>9}  limited by")
    for workers in (1, 10, 100, 1000):
        for batch in (1, 10, 100):
            row = schedule(seconds, workers, batch, fixed, each, overhead)
            print(
                f"{workers:8d} {batch:6d} {row['time'] / 3600:9.3f} {row['efficiency']:11.2f} {row['sending']:10.2f} "
                f"{row['tail']:9.2f}  {limit(row)}"
            )


def bulk_rate(data: Trajectories) -> None:
    """How fast the bulk engine, which fits rates alone, goes through the same."""
    mechanisms = [f.mechanism for _, f in search(ask(data, estimate_noise(data), hidden=0)).ranked]
    many = [mechanisms[i % len(mechanisms)] for i in range(2 * BATCH)]
    refit_many(many[:10], data, threads=1)
    began = time.process_time()
    refit_many(many, data, threads=1)
    rate = len(many) / (time.process_time() - began)
    print(
        f"bulk engine (rates only, batches of {BATCH}): {rate:.0f} fits a second a processor, so {FITS} in "
        f"{FITS / rate / 60:.1f} processor minutes"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=len(PROBLEMS))
    parser.add_argument("--only-simulate", action="store_true")
    options = parser.parse_args()
    chosen = {name: data_of(text) for name, text in list(PROBLEMS.items())[: options.problems]}
    if not options.only_simulate:
        print(f"{'problem':14} {'run':34} {'candidates':12} {'computed':>9} {'reused':>7} {'seconds':>8}")
        for name, data in chosen.items():
            compare_runs(name, data)
    simulate_scale(chosen["dimer"])
    bulk_rate(chosen["dimer"])


if __name__ == "__main__":
    main()
