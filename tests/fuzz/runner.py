"""Cases in a process of their own, which may die or hang where no signal reaches it."""

import multiprocessing
import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from .case import Outcome, run_case
from .kinds import KINDS

SILENCE = 30.0  # seconds of its processor time without an answer: it hangs where no signal reaches it
MOST_MEMORY = 1024.0  # MiB


def serve(pipe: Connection) -> None:
    """Run the cases that are asked for, one after the other."""
    while (asked := pipe.recv()) is not None:
        name, seed, number = asked
        pipe.send(run_case(KINDS[name], seed, number))


class Runner:
    """A process that is replaced when it dies, hangs or has grown."""

    def __init__(self) -> None:
        self.process, self.pipe = None, None

    def run(self, name: str, seed: int, number: int) -> Outcome:
        """Run one case."""
        if self.process is None:
            here, there = multiprocessing.get_context("spawn").Pipe()
            self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
            self.process.start()
            there.close()
            self.pipe = here
        assert self.pipe is not None
        self.pipe.send((name, seed, number))
        try:
            if not self._answers():
                self.stop()
                return Outcome("hang", "no signal reaches it")
            found = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            code = self.process.exitcode
            self.process = None
            return Outcome("crash", f"exit code {code}")
        if found.memory > MOST_MEMORY:
            self.stop()
            return Outcome("memory", f"{found.memory:.0f} MiB; {found.word} {found.why}", found.memory, found.seconds)
        return found

    def _answers(self) -> bool:
        """Wait for an answer; a busy machine may take its time, the process may not."""
        assert self.process is not None
        assert self.pipe is not None
        began = _processor_seconds(self.process.pid)
        while not self.pipe.poll(1.0):
            if _processor_seconds(self.process.pid) - began > SILENCE:
                return False
        return True

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def _processor_seconds(process: int | None) -> float:
    """Return how long a process has computed; the time that has passed where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
