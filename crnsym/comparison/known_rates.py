"""Rates that a user knows: measured values with errors, fixed values, bounds; by parameter or by reaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..data.trajectories import Trajectories
from ..errors import FitError
from ..network.network import Network
from ..network.text import network as read_network
from ..refit.knowledge import Knowledge, KnownRate
from ..refit.temperature import Temperatures
from .given import given_mechanism


def knowledge(
    data: Trajectories,
    rates: Mapping[str, Any] | None,
    bounds: Mapping[str, Any] | None = None,
    detailed_balance: bool = False,
    networks: Sequence[Network] = (),
) -> Knowledge | None:
    """Arrange what is known of rates; None if nothing is.

    Parameters
    ----------
    data
        The measurements, whose species the reactions have.
    rates
        {parameter of a network, or reaction such as ``"A + B -> C"``: value, or (value, standard error)}. A value alone
        is fixed. Where the runs differ in temperature, (value, standard error, kelvin).
    bounds
        {parameter or reaction: (lowest, highest)}, at the reference temperature where there are several.
    detailed_balance
        Whether reversible steps obey it.
    networks
        Where parameters are looked up.

    Raises
    ------
    FitError
        A name that is neither a parameter nor a reaction, or numbers that make no sense.
    """
    found: list[KnownRate] = []
    heat = Temperatures.of(data)
    for key, told in (rates or {}).items():
        sides = _reaction(key, data, networks)
        value, error, kelvin = _measured(key, told, heat)
        if error == 0.0:
            found.append(KnownRate(*sides, low=float(np.log(value)), high=float(np.log(value))))
        else:
            found.append(KnownRate(*sides, float(np.log(value)), error / value, kelvin=kelvin if heat else None))
    for key, told in (bounds or {}).items():
        low, high = _bounds(key, told)
        found.append(KnownRate(*_reaction(key, data, networks), low=low, high=high))
    return Knowledge(tuple(found), detailed_balance) if found or detailed_balance else None


def _measured(
    key: str, told: float | Sequence[float] | np.ndarray, heat: Temperatures | None
) -> tuple[float, float, float]:
    """Return value, standard error and temperature."""
    numbers = tuple(told) if isinstance(told, Sequence | np.ndarray) else (told,)
    what = f"rate of '{key}'"
    try:
        value, error, kelvin = (float(x) for x in (*numbers, *(0.0, float("nan"))[len(numbers) - 1 :]))
    except (TypeError, ValueError):
        raise FitError(f"{what}: {told!r} is not understood; give a value or (value, standard error)") from None
    if not (np.isfinite(value) and value > 0 and np.isfinite(error) and error >= 0):
        raise FitError(f"{what}: {value:g} ± {error:g}; give a positive value and an error that is not negative")
    if heat is not None and error > 0 and not kelvin > 0:
        raise FitError(f"{what}: the runs differ in temperature; give (value, standard error, kelvin)")
    if heat is not None and error == 0:
        raise FitError(f"{what}: the runs differ in temperature, so no one value holds; give its error and its kelvin")
    return value, error, kelvin


def _bounds(key: str, told: Iterable[float]) -> tuple[float, float]:
    """Return bounds of ln k."""
    try:
        low, high = (float(x) for x in told)
    except (TypeError, ValueError):
        raise FitError(f"bounds of '{key}': {told!r} is not understood; give (lowest, highest)") from None
    if not 0.0 <= low < high:
        raise FitError(f"bounds of '{key}': give 0 <= lowest < highest, not ({low:g}, {high:g})")
    with np.errstate(divide="ignore"):
        return float(np.log(low)), float(np.log(high))


def _reaction(key: str, data: Trajectories, networks: Sequence[Network]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find the reaction that a parameter name or a text stands for, as molecules of the measured species."""
    if "<->" in key or "⇌" in key:
        raise FitError(f"rate of '{key}': these are two reactions; write each with its own rate")
    if "->" in key or "→" in key:
        mechanism = given_mechanism(read_network(f"{key} @ 1"), data, f"rate of '{key}'")
        sides = {_sides(mechanism.reactants[0], mechanism.products[0])} if len(mechanism.reactants) == 1 else set()
    else:
        sides = set()
        for net in networks:
            mechanism = given_mechanism(net, data, net.name or "the network")
            for j, reaction in enumerate(net.reactions):
                if str(reaction.rate_constant) == key or str(getattr(reaction.rate, "prefactor", "")) == key:
                    sides.add(_sides(mechanism.reactants[j], mechanism.products[j]))
    if len(sides) == 1:
        return sides.pop()
    if sides:
        raise FitError(
            f"'{key}' is the rate of {len(sides)} different reactions; write the reaction instead of its name"
        )
    names = sorted({name for net in networks for name in net.parameters})
    known = f"; parameters are {', '.join(names)}" if names else ""
    raise FitError(f"'{key}' is neither one reaction such as 'A + B -> C' nor the rate constant of one{known}")


def _sides(reactants: np.ndarray, products: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(map(int, reactants)), tuple(map(int, products))
