"""Model files with events and rules against libroadrunner.

``python -m tests.benchmarks.model_files [FOLDER] [COUNT] [SEED]``

COUNT models are made by chance (reactions of mass action and Michaelis-Menten, rate rules, assignment rules, events at
times and at thresholds, delays, two compartments); FOLDER holds SBML cases with ``*-settings.txt`` beside them, or
SBML files alone, such as a copy of the public model database: of those with events or rate rules COUNT are drawn (by
SEED) in the place of models made by chance. Prints the largest difference of each model from libroadrunner (CVODE at
1e-12), as a part of the range of the column.
"""

import signal
import sys
import tempfile
from pathlib import Path

import numpy as np

import crnsym as cs
from crnsym.errors import CrnsymError, UnsupportedError

TIMES = (0.0, 10.0, 101)
LIMIT = 1e-6
SECONDS = 120  # a model, on a busy machine; both simulators


def made(seed: int) -> str:
    """Return a model in Antimony."""
    random = np.random.default_rng(seed)

    def number(low: float, high: float) -> str:
        return f"{np.exp(random.uniform(np.log(low), np.log(high))):.4g}"

    names = [f"S{i}" for i in range(random.integers(2, 5))]
    lines = ["model m()", f"compartment c = {number(0.5, 3)};", f"species {', '.join(f'{s} in c' for s in names)};"]
    for i, s in enumerate(names):
        other = names[(i + 1) % len(names)]
        law = f"k{i}*{s}" if random.random() < 0.6 else f"k{i}*{s}/(km{i} + {s})"
        lines += [f"R{i}: {s} => {other}; c*{law};", f"k{i} = {number(0.1, 2)}; km{i} = {number(0.3, 3)};"]
        lines.append(f"{s} = {number(0.5, 8)};")
    lines += ["total := " + " + ".join(f"{i + 1}*{s}" for i, s in enumerate(names)) + ";"]
    if random.random() < 0.8:
        lines += [f"x' = {number(0.2, 2)}*{names[0]} - {number(0.2, 2)}*x; x = {number(0.1, 2)};"]
        lines += ["Rx: => " + names[-1] + "; c*0.1*x;"]
    if random.random() < 0.3:
        lines += [f"u' = w; u = {number(0.5, 2)}; w' = -{number(1, 9)}*u; w = 0;"]
    at = random.uniform(1.003, 4.003)
    lines += [f"dose: at (time > {at:.4f}): {names[0]} = {names[0]} + {number(1, 5)};"]
    if random.random() < 0.5:
        lines += [f"late: at {number(0.3, 0.9)} after (time > {at + 2:.4f}): {names[1]} = {number(1, 5)}, k0 = 2*k0;"]
    if random.random() < 0.6:
        lines += [f"low: at ({names[0]} < {number(0.3, 1)}): {names[0]} = {names[0]} + {number(2, 4)};"]
    if random.random() < 0.3:
        lines += [f"swell: at (time > {at + 1.37:.4f}): c = 1.5*c;", "var c;"]
    if random.random() < 0.3:
        lines += [f"p := piecewise({number(0.5, 1)}, time < {at + 3:.4f}, {number(0.1, 0.4)});"]
        lines += [f"Rp: {names[1]} => {names[0]}; c*p*{names[1]};"]
    return "\n".join([*lines, "end", ""])


def expected(text: str, times: np.ndarray, names: tuple[str, ...], longest: float = 0.0) -> np.ndarray:
    """Return the columns by libroadrunner; ``longest`` bounds its steps, which may pass over events otherwise."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-12, 1e-14
    runner.integrator.maximum_num_steps = 100_000
    if longest:
        runner.integrator.maximum_time_step = longest
    species = {*runner.model.getFloatingSpeciesIds(), *runner.model.getBoundarySpeciesIds()}
    columns = ["time", *(f"[{n}]" if n in species else n for n in names)]
    return np.array(runner.simulate(times=list(times), selections=columns))[:, 1:]


def difference(path: Path, text: str, times: np.ndarray) -> tuple[float, float]:
    """Return the largest difference of a model, as a part of the range of its column, and that of the oracle itself.

    The oracle runs twice, the second time in short steps; the nearer counts.
    """
    data = cs.simulate(path, times=times)
    free = expected(text, times, data.species)
    short = expected(text, times, data.species, 1e-3 * float(np.ptp(times)))
    return min(_part(data.values[0], want) for want in (free, short)), _part(free, short)


def _part(found: np.ndarray, want: np.ndarray) -> float:
    spread = np.maximum(np.ptp(want, axis=0), 1e-3 * np.abs(want).max(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.abs(found - want).max(axis=0) / spread
    return float(np.nanmax(np.where(spread > 0, part, 0.0)))


def models(folder: Path | None, count: int, scratch: Path, seed: int = 0):
    """Give (name, path, SBML text, times) of all models."""
    from crnsym.formats.antimony.library import to_sbml

    files = [] if folder is None or any(folder.rglob("*-settings.txt")) else sorted(folder.rglob("*.xml"))
    files = [file for file in files if _moves(file.read_text(errors="replace"))]
    for place in sorted(np.random.default_rng(seed).permutation(len(files))[:count]):
        yield files[place].stem, files[place], files[place].read_text(), np.linspace(*TIMES)
    for seed in range(0 if files else count):
        path = scratch / f"made_{seed:03}.ant"
        path.write_text(made(seed))
        yield path.stem, path, to_sbml(path.read_text(), str(path)), np.linspace(*TIMES)
    if folder is not None:
        from crnsym.dynamics.sbml import Settings

        for settings in sorted(folder.rglob("*-settings.txt")):
            text = settings.read_text()
            found = [f for f in sorted(settings.parent.glob("*.xml")) if _moves(f.read_text())]
            if found and "-mean" not in text:
                yield settings.parent.name, found[-1], found[-1].read_text(), Settings.of(settings).times


def _moves(text: str) -> bool:
    return "<event " in text or "<rateRule" in text


def _late(*_: object) -> None:
    raise TimeoutError(f"no answer in {SECONDS} s")


def main(folder: str = "", count: str = "60", seed: str = "0") -> int:
    """Print the table; return the number of models that differ."""
    signal.signal(signal.SIGALRM, _late)
    worst, wrong, refused, unsure, total = 0.0, 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, path, text, times in models(Path(folder) if folder else None, int(count), Path(scratch), int(seed)):
            total += 1
            signal.alarm(SECONDS)
            try:
                part, own = difference(path, text, times)
            except UnsupportedError as error:
                refused += 1
                print(f"{name:24} refused  {error}")
                continue
            except (CrnsymError, RuntimeError, TimeoutError) as error:
                wrong += 1
                print(f"{name:24} failed   {' '.join(str(error).split())[:150]}")
                continue
            if part > LIMIT and own > LIMIT:
                unsure += 1
                print(f"{name:24} unsure   {part:.2g}, the oracle in short steps from itself {own:.2g}", flush=True)
                continue
            worst = max(worst, part)
            wrong += part > LIMIT
            if part > LIMIT:
                print(f"{name:24} differs  {part:.2g}", flush=True)
    good = total - wrong - refused - unsure
    print(f"{total} models: {good} within {LIMIT:g} of the range, {wrong} not, {refused} refused,")
    print(f"{unsure} where the oracle itself moves by more")
    print(f"largest difference {worst:.2g}")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
