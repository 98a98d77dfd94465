"""One case: an input made from a seed, handed to the package, and what came of it."""

import resource
import shutil
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crnsym.errors import LONGEST, CrnsymError

PATIENCE = 5.0  # seconds of processor time
OUTCOMES = ("right", "refused", "wrong", "traceback", "hang", "crash", "message", "memory")
FAILURES = OUTCOMES[2:]

Kind = Callable[[np.random.Generator, Path], None]


class Wrong(Exception):
    """What was read is not what was written."""


class Hang(BaseException):
    """A case that takes longer than patience allows; no handler of errors catches it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a case: a word of ``OUTCOMES``, in few words why, the largest memory so far in MiB, and seconds."""

    word: str
    why: str = ""
    memory: float = 0.0
    seconds: float = 0.0


def run_case(kind: Kind, seed: int, number: int = 0) -> Outcome:
    """Make the input of a seed, hand it over and judge; never raises."""
    folder = Path(tempfile.mkdtemp(prefix="crnsym-fuzz-"))
    getattr(kind, "prepare", lambda: None)()
    began = time.process_time()
    try:
        with _patience(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind(np.random.default_rng([seed, number]), folder)
        word, why = "right", ""
    except Wrong as error:
        word, why = "wrong", str(error)
    except Hang:
        word, why = "hang", traceback.format_exc(limit=-3)
    except CrnsymError as error:
        word, why = _judge_message(str(error))
    except Exception:
        word, why = "traceback", traceback.format_exc(limit=-4)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.process_time() - began
    return Outcome(word, why, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds)


def prepared(prepare: Callable[[], object]) -> Callable[[Kind], Kind]:
    """Do something before the clock of a case runs, such as to compile what all cases call."""

    def decorate(kind: Kind) -> Kind:
        kind.prepare = prepare  # type: ignore[attr-defined]
        return kind

    return decorate


def expect(right: bool, message: object) -> None:
    """Raise `Wrong` unless what was read is right."""
    if not right:
        raise Wrong(str(message)[:600])


@contextmanager
def valid(what: object) -> Iterator[None]:
    """Within it the input is one that must be read: an error is wrong."""
    try:
        yield
    except CrnsymError as error:
        raise Wrong(f"refused {str(what)[:400]!r}: {error}") from None


def _judge_message(text: str) -> tuple[str, str]:
    """A message has one line, or three where it shows the place; it is not endless and shows no Python."""
    lines = text.splitlines()
    if not text.strip() or len(text) > LONGEST or len(lines) > 3 or "Traceback" in text or " object at 0x" in text:
        return "message", text[:600]
    return "refused", text[:200]


@contextmanager
def _patience() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
