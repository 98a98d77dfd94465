"""``python -m tests.fuzz.kills --moments 30``: runs that are killed at random moments, and disks that are full.

A killed run leaves the old folder or the new one and no process, and ``--resume`` ends as an undisturbed run does.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
CLOCK = ("seconds", "tasks", "options")  # entries of the record that tell of the run, and not of the answer
GONE_WITHIN = 5.0  # seconds
MODELS = {"decay.crn": "A -> B @ 1", "back.crn": "A -> B @ 1\nB -> A @ 0.1"}
COMMANDS = {
    "discover": ["discover", "d.csv", "--hidden", "0", "--max-order", "1"],
    "compare": ["compare", *MODELS, "--data", "d.csv", "--workers", "2"],
}


def prepare(folder: Path) -> None:
    """Write the measurements and the models of all commands."""
    random = np.random.default_rng(0)
    lines = ["experiment,time,A,B"]
    for label, start in (("x", 1.0), ("y", 2.0)):
        for t in range(12):
            left = start * np.exp(-0.22 * t)
            a, b = np.array([left, start - left + 0.05]) * (1 + 0.02 * random.standard_normal(2))
            lines.append(f"{label},{t},{a:.6f},{b:.6f}")
    (folder / "d.csv").write_text("\n".join(lines) + "\n")
    for name, text in MODELS.items():
        (folder / name).write_text(text)


def command(name: str, out: str, *more: str) -> list[str]:
    """Return the command line of a run."""
    return [sys.executable, "-m", "crnsym", *COMMANDS[name], "--out", out, *more]


def run(name: str, folder: Path, out: str, *more: str) -> None:
    """Run to the end; raise where it fails."""
    done = subprocess.run(
        command(name, out, *more), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{name} {more}: {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}"


def held(folder: Path) -> dict[str, Any]:
    """Return what a folder of results holds, but for what the clock writes and the record of work in progress."""
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name.startswith("checkpoint/"):
            continue
        found[name] = path.read_bytes()
    if "run.json" in found:
        found["run.json"] = _timeless(json.loads(found["run.json"]))
    if "discovery.json" in found:
        saved = json.loads(found["discovery.json"])
        del saved["check"]  # it covers what the clock writes, too
        found["discovery.json"] = _timeless(saved)
    if "report.html" in found:
        found["report.html"] = re.sub(rb" in [\d.]+ s</dd>", b"", found["report.html"])
    if "candidates.csv" in found:
        rows = [line.split(b",") for line in found["candidates.csv"].splitlines()]
        column = rows[0].index(b"seconds") - len(rows[0])
        found["candidates.csv"] = [row[:column] + row[column + 1 :] for row in rows]
    return found


def _timeless(record: Any) -> Any:
    if isinstance(record, dict):
        return {k: _timeless(v) for k, v in record.items() if k not in CLOCK}
    return [_timeless(v) for v in record] if isinstance(record, list) else record


def family(process: int) -> list[int]:
    """Return a process and all that it started, as they are now."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def alive(process: int) -> bool:
    """Whether a process runs; one that only waits to be asked for its end does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_once(name: str, folder: Path, old: Path, new: dict[str, Any], moment: float, moved: bool) -> str:
    """Start a run over old results, kill it, check what is left, resume, check what has become of it.

    Parameters
    ----------
    name
        Of the command.
    folder, old, new
        Where to run, a folder of earlier results, and what the folder holds after an undisturbed run.
    moment
        Seconds to the kill, from the start or, where ``moved``, from when the new folder appears beside the old one.
    """
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(old, out)
    (out / "notes.txt").write_text("mine")
    before, after = held(out), {**new, "notes.txt": b"mine"}
    process = subprocess.Popen(
        command(name, "out"), cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while moved and process.poll() is None and not any(folder.glob(".crnsym-*")):
        time.sleep(0.001)
    end = time.monotonic() + moment
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    everybody = family(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    end = time.monotonic() + GONE_WITHIN
    while any(map(alive, everybody)) and time.monotonic() < end:
        time.sleep(0.02)
    left = [p for p in everybody if alive(p)]
    assert not left, f"{len(left)} of {len(everybody)} processes live on"
    now = held(out)
    assert now in (before, after), f"a mixture: {sorted(now)}"
    run(name, folder, "out", "--resume")
    assert held(out) == after, [k for k in after if held(out).get(k) != after[k]]
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".crnsym-")]
    return "ended before" if process.returncode == 0 else "old" if now == before else "new"


def full_disk(name: str, folder: Path, kilobytes: int) -> str:
    """Run with a limit for the size of files; one line and exit code 2, or all as ever."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]) * 1024,) * 2); "
        "sys.argv[:2] = sys.argv[:1]; from crnsym.cli import main; main()"
    )
    words = [sys.executable, "-c", code, str(kilobytes), *COMMANDS[name], "--out", f"full{kilobytes}"]
    told = {**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"}  # Python would leave cut bytecode behind
    done = subprocess.run(words, cwd=folder, env=told, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    assert done.stderr.count("\n") == (done.returncode == 2), done.stderr
    whole = (folder / f"full{kilobytes}" / "run.json").exists()
    assert whole == (done.returncode == 0)
    return f"{kilobytes} kB: exit {done.returncode} {done.stderr.strip()}"


def ready(folder: Path, name: str, *, rehearsed: bool = False) -> tuple[Path, dict[str, Any], float]:
    """Make earlier results and new ones; return the folder of the earlier, what the new hold, and the seconds.

    Where it is ``rehearsed``, they are those of a run for which all is compiled.
    """
    prepare(folder)
    if rehearsed:
        run(name, folder, "first")
    began = time.monotonic()
    run(name, folder, "new")
    seconds = time.monotonic() - began
    shutil.copytree(folder / "new", folder / "old")
    (folder / "old" / "best.tex").write_text("of an earlier run")
    return folder / "old", held(folder / "new"), seconds


def moments(count: int, seconds: float, seed: int) -> Iterator[tuple[float, bool]]:
    """Yield random moments in a run, a third of them while results are moved."""
    random = np.random.default_rng(seed)
    for i in range(count):
        moved = i % 3 == 2
        yield float(random.uniform(0, 0.8) if moved else random.uniform(0.2, 1.0) * seconds), moved


def main() -> None:
    """Kill, fill disks, print what was left."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.kills", description=__doc__)
    parser.add_argument("--moments", type=int, default=30, help="kills of each command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", nargs="+", default=list(COMMANDS), choices=list(COMMANDS))
    options = parser.parse_args()
    for name in options.commands:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            old, new, seconds = ready(folder, name, rehearsed=True)
            for moment, moved in moments(options.moments, seconds, options.seed):
                what = kill_once(name, folder, old, new, moment, moved)
                while what == "ended before":  # no kill: earlier
                    moment *= 0.7
                    what = kill_once(name, folder, old, new, moment, moved)
                print(
                    f"{name} killed {moment:.3f} s after {'moving began' if moved else 'its start'}: {what}", flush=True
                )
            for kilobytes in (8, 16, 32, 64, 128, 256):
                print(f"{name} on a full disk of {full_disk(name, folder, kilobytes)}", flush=True)


if __name__ == "__main__":
    main()
