"""A discovery as an estimator, by the conventions of scikit-learn: `fit`, `predict`, `score`, `get_params`."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from inspect import signature
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..arguments import checked
from ..comparison.mixed_columns import Spectra
from ..comparison.options import Learner, Starts
from ..data.charges import GivenCharges
from ..data.noise import Noise
from ..data.operation.attach import Operations
from ..data.sources import Measurements, as_trajectories
from ..data.trajectories import Trajectories
from ..discovery import discover
from ..errors import DataError, FitError, NotFittedError
from ..network.inputs import Formula
from ..search.score import Vessel
from ..training.tasks import Tasks

if TYPE_CHECKING:
    from ..comparison.result import Discovery
    from ..network.network import Network


@checked
class NetworkFinder:
    """Find reactions by ``fit`` and predict runs by ``predict``.

    Parameters
    ----------
    seed, max_order, hidden, known, formulas, library, excluded, vessel, rates, bounds, detailed_balance, restarts
        As for `discover`.
    learner, noise, starts, operation, observables, spectra, per_run, time_budget, executor
        As for `discover`.

    Attributes
    ----------
    discovery_
        All that was found.
    network_
        The best mechanism with its rates.
    n_features_in_, feature_names_in_
        Number and names of the measured species.

    Examples
    --------
    >>> finder = cs.NetworkFinder(max_order=2).fit(frame)  # doctest: +SKIP
    >>> finder.predict(other_runs)                         # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        max_order: int | None = None,
        hidden: int | None = None,
        known: "Network | None" = None,
        formulas: Mapping[str, str] | None = None,
        library: "Network | str | os.PathLike[str] | None" = None,
        excluded: "Network | None" = None,
        vessel: Vessel = "auto",
        rates: Mapping[str, float | Sequence[float]] | None = None,
        bounds: Mapping[str, tuple[float, float]] | None = None,
        detailed_balance: bool = False,
        restarts: int = 8,
        learner: Learner = "regression",
        noise: Noise = "auto",
        starts: Starts | GivenCharges = "fitted",
        operation: Operations | None = None,
        observables: Mapping[str, Formula] | None = None,
        spectra: Spectra | None = None,
        per_run: Sequence[str] = (),
        time_budget: float = 600.0,
        executor: Executor | Tasks | None = None,
    ) -> None:
        self.seed = seed
        self.max_order = max_order
        self.hidden = hidden
        self.known = known
        self.formulas = formulas
        self.library = library
        self.excluded = excluded
        self.vessel: Vessel = vessel
        self.rates = rates
        self.bounds = bounds
        self.detailed_balance = detailed_balance
        self.restarts = restarts
        self.learner: Learner = learner
        self.noise = noise
        self.starts = starts
        self.operation = operation
        self.observables = observables
        self.spectra = spectra
        self.per_run = per_run
        self.time_budget = time_budget
        self.executor = executor

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  no parameter is an estimator
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in _names()}

    def set_params(self, **params: object) -> Self:
        """Change parameters.

        Raises
        ------
        DataError
            A name that is no parameter; nothing is changed then.
        """
        for name in params:
            if name not in _names():
                raise DataError(f"NetworkFinder has no parameter '{name}'; it has {', '.join(_names())}")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, X: Measurements, y: None = None) -> Self:  # noqa: ARG002  scikit-learn's names
        """Search for the reactions behind measurements.

        Parameters
        ----------
        X
            As for `discover`: a frame, a path, a dict of columns, several runs.
        y
            Not used.

        Raises
        ------
        DataError, FitError, NetworkError, UnsupportedError
            As `discover`; ``FitError`` too where nothing was found.
        """
        data = as_trajectories(X)
        found = discover(data, **self.get_params())
        if not len(found):
            raise FitError(f"no reactions were found: {found.statement}")
        self.discovery_: Discovery = found
        self.network_: Network = found[0].network
        self.n_features_in_ = len(found.data.species)
        self.feature_names_in_ = np.array(found.data.species, object)
        return self

    def predict(self, X: Measurements) -> np.ndarray:
        """Predict runs from their first rows, by all candidates with their weights.

        Parameters
        ----------
        X
            Runs with times and the measured species, of which the first row of each run counts (of others only the
            time); further rows may be empty.

        Returns
        -------
        ``(rows, species)``: a row for every row of the runs, in the order of `Trajectories.to_rows`.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        DataError
            A species that was not measured in ``fit``, or a first row with nothing in it.
        """
        found = self._fitted()
        data = as_trajectories(X)
        return np.concatenate([self._run(found, data, run) for run in range(len(data))])

    def score(self, X: Measurements, y: None = None) -> float:  # noqa: ARG002
        """Return the coefficient of determination R² of `predict`, the mean over the species, first rows left out.

        1 is perfect; 0 is as good as the mean of each species.
        """
        data = as_trajectories(X)
        predicted = self.predict(data)
        predicted = predicted[:, [self._fitted().data.species.index(s) for s in data.species]]
        inner = np.concatenate([np.arange(len(t)) > 0 for t in data.times])
        values = np.concatenate(data.values)[inner]
        missed = np.nansum((values - predicted[inner]) ** 2, axis=0)
        spread = np.nansum((values - np.nanmean(values, axis=0)) ** 2, axis=0)
        told = spread > 0
        return float(np.mean(1.0 - missed[told] / spread[told])) if told.any() else float("nan")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "discovery_")

    def __sklearn_tags__(self) -> object:
        # only scikit-learn asks, so it is there
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags  # type: ignore[import-not-found]

        inputs = InputTags(two_d_array=False, string=True, allow_nan=True)
        return Tags(
            "regressor",
            TargetTags(required=False),
            regressor_tags=RegressorTags(),
            input_tags=inputs,
            no_validation=True,
        )

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in signature(NetworkFinder).parameters.items()}
        told = [f"{k}={v!r}" for k, v in self.get_params().items() if v is not defaults[k] and v != defaults[k]]
        return f"NetworkFinder({', '.join(told)})"

    def _fitted(self) -> "Discovery":
        if not self.__sklearn_is_fitted__():
            raise NotFittedError("this NetworkFinder is not fitted yet; call fit with measurements first")
        return self.discovery_

    def _run(self, found: "Discovery", data: Trajectories, run: int) -> np.ndarray:
        first = dict(zip(data.species, map(float, data.values[run][0]), strict=True))
        start = {name: max(value, 0.0) for name, value in first.items() if value == value}
        if not start:
            raise DataError(f"run '{data.experiments[run]}': the first row is empty; give the concentrations there")
        kelvin = None if data.temperatures is None else data.temperatures[run]
        return found.predict(start, data.times[run], kelvin).mean


def _names() -> list[str]:
    return list(signature(NetworkFinder).parameters)
