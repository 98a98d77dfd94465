"""Options of a discovery or a comparison that cannot be, refused before anything else is done."""

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ..data.trajectories import Trajectories
from ..errors import DataError, FitError, UnsupportedError
from ..refit.temperature import Temperatures
from ..search.score import Vessel

Learner: TypeAlias = Literal["regression", "crnn", "all"]
Starts: TypeAlias = Literal["fitted", "measured"]
LEARNERS, STARTS, VESSELS = get_args(Learner), get_args(Starts), get_args(Vessel)


def check_options(
    data: Trajectories,
    hidden: int | None,
    learner: str,
    restarts: int,
    starts: object,
    time_budget: float,
    vessel: str = "auto",
    told: bool = False,
) -> bool:
    """Check options of `crnsym.discover`, and the temperatures of the data; return what `check_starts` does.

    ``told`` is whether somebody said what the columns are in terms of species.

    Raises
    ------
    FitError
        An option out of its range.
    DataError
        Temperatures that cannot be used.
    """
    if hidden is not None and hidden < 0:
        raise FitError(f"hidden={hidden} cannot be negative; give 0, 1 or more species that were not measured")
    if learner not in LEARNERS:
        raise FitError(f"learner='{learner}' is not known; choose {', '.join(LEARNERS)}")
    if restarts < 1:
        raise FitError(f"restarts={restarts} must be at least 1")
    measured = check_starts(starts)
    if vessel not in VESSELS:
        raise FitError(f"vessel='{vessel}' is not known; choose {', '.join(VESSELS)}")
    if not time_budget > 0:
        raise FitError(f"time_budget={time_budget} must be a positive number of seconds")
    Temperatures.of(data)
    if learner != "regression" and any(operation.flows for operation in data.operation or ()):
        raise UnsupportedError(f"learner='{learner}' knows no feeds and additions; use learner='regression'")
    if told and learner != "regression":
        raise FitError(f"learner='{learner}' needs concentrations; leave it out where columns are mixtures of species")
    if data.wavelengths and not told:
        raise DataError(
            f"the columns {data.species[0]} to {data.species[-1]} are wavelengths: each signal is a mixture of all "
            "species; name those that absorb (spectra=, --spectra A,B,C), or say what a column is (observables=)"
        )
    return measured


def are_given(starts: object) -> bool:
    """Whether starts are concentrations, or a file of them, and not the name of a way to start."""
    return not isinstance(starts, str) or (starts not in STARTS and Path(starts).is_file())


def check_starts(starts: object) -> bool:
    """Return whether runs start from their first row as recorded.

    Raises
    ------
    FitError
        Neither of the two ways to start.
    """
    if starts not in STARTS:
        raise FitError(
            f"starts={starts!r} is not known; choose {' or '.join(STARTS)}, or give a file of concentrations"
        )
    return starts == "measured"
