"""The operation of one run as data: what is added, fed, withdrawn, flows through or is heated, and when."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ...arguments import checked
from ...errors import DataError
from ...network.inputs import Number

Kind = Literal["add", "feed", "withdraw", "stirred flow", "temperature"]
Axis = Literal["time", "plug flow", "stirred flow"]
Contents = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done.

    Attributes
    ----------
    kind
        ``"add"`` and a ``"withdraw"`` without an end happen at once, ``"feed"``, ``"withdraw"`` and ``"stirred flow"``
        go on from ``time`` to ``until``; ``"temperature"`` is a point of a program.
    time, until
        In the unit of the run's times.
    volume, flow
        What comes in or leaves, at once or by time; both in the unit of the vessel's volume. None for an addition
        whose volume does not count.
    residence
        Volume of the vessel over the flow through it.
    kelvin
        Temperature of a point.
    contents
        Concentrations in what comes in; of an addition without a volume the rise of those in the vessel.
    amounts
        Amounts that are added, concentration times volume.
    """

    kind: Kind
    time: float
    until: float = math.inf
    volume: float | None = None
    flow: float | None = None
    residence: float | None = None
    kelvin: float | None = None
    contents: Contents = ()
    amounts: Contents = ()

    @property
    def at_once(self) -> bool:
        """Whether it takes no time."""
        return self.kind == "add" or (self.kind == "withdraw" and self.flow is None)

    @property
    def needs_volume(self) -> bool:
        """Whether its effect depends on the volume of the vessel."""
        return self.volume is not None or self.flow is not None or bool(self.amounts)


@checked
@dataclass(frozen=True, slots=True)
class Operation:
    """What is done to the vessel of one run.

    A sample taken at the time of an addition or withdrawal is one from just before it. Volumes add up; what flows in
    is mixed at once.

    Attributes
    ----------
    volume
        Of the vessel before the first step, in any unit; needed where something has a volume.
    steps
        In any order.
    charge
        Concentrations at the start of the run, or in the inlet of a tube, as far as they are known.
    axis
        What the times of the samples are: ``"time"``; or residence times, each sample at a steady state of its own, in
        ``"plug flow"`` or ``"stirred flow"``, whose inlet is the charge.

    Examples
    --------
    >>> operation = Operation(volume=1.0).feed(0, 15, flow=0.1, contents={"B": 2.0}).add(20, volume=0.2)
    >>> [step.kind for step in operation.steps]
    ['feed', 'add']
    """

    volume: float | None = None
    steps: tuple[Step, ...] = ()
    charge: Contents = ()
    axis: Axis = "time"

    def __post_init__(self) -> None:
        if self.axis not in get_args(Axis):
            raise DataError(f"axis = {self.axis!r} is not known; choose {', '.join(get_args(Axis))}")
        if self.volume is not None:
            object.__setattr__(self, "volume", _positive("volume", self.volume))
        object.__setattr__(self, "charge", _contents("charge", self.charge))

    def add(
        self,
        time: float,
        volume: float | None = None,
        contents: Mapping[str, float] | None = None,
        amounts: Mapping[str, float] | None = None,
    ) -> "Operation":
        """Add something at once: a solution of these contents, amounts, or a rise of concentrations without a volume.

        Raises
        ------
        DataError
            Nothing that is added, or a number that cannot be.
        """
        volume = None if volume is None else _positive("volume", volume)
        step = Step("add", _time(time), volume=volume, contents=_contents("contents", contents))
        step = replace(step, amounts=_contents("amounts", amounts))
        if volume is None and not (step.contents or step.amounts):
            raise DataError("an addition needs a volume, or what is added")
        return self._with(step)

    def feed(
        self,
        time: float,
        until: float = math.inf,
        *,
        flow: float | None = None,
        volume: float | None = None,
        contents: Mapping[str, float] | None = None,
    ) -> "Operation":
        """Feed a solution from one time to another, by its flow or by its whole volume.

        Raises
        ------
        DataError
            Neither flow nor volume, both, or an end that is not after the beginning.
        """
        rate = _flow("feed", _time(time), _end(time, until), flow, volume)
        return self._with(
            Step("feed", _time(time), _end(time, until), flow=rate, contents=_contents("contents", contents))
        )

    def withdraw(
        self, time: float, until: float | None = None, *, volume: float | None = None, flow: float | None = None
    ) -> "Operation":
        """Take a volume of the mixture away, at once or over a time; it changes what later additions do.

        Raises
        ------
        DataError
            As `feed`.
        """
        if until is None and flow is None:
            if volume is None:
                raise DataError("a withdrawal needs a volume or a flow")
            return self._with(Step("withdraw", _time(time), volume=_positive("volume", volume)))
        end = _end(time, math.inf if until is None else until)
        return self._with(Step("withdraw", _time(time), end, flow=_flow("withdrawal", _time(time), end, flow, volume)))

    def stirred(
        self,
        residence: float | None = None,
        contents: Mapping[str, float] | None = None,
        *,
        flow: float | None = None,
        time: float = -math.inf,
        until: float = math.inf,
    ) -> "Operation":
        """Let a solution flow in and the mixture flow out, at constant volume: a stirred tank.

        Raises
        ------
        DataError
            Neither a residence time nor a flow, or both.
        """
        if (residence is None) == (flow is None):
            raise DataError("a stirred flow needs a residence time, or a flow and the volume of the vessel")
        begin = float(time) if time == -math.inf else _time(time)
        step = Step("stirred flow", begin, _end(begin, until), contents=_contents("contents", contents))
        if residence is not None:
            return self._with(replace(step, residence=_positive("residence", residence)))
        return self._with(replace(step, flow=_positive("flow", flow)))

    def temperature(self, time: float, kelvin: float) -> "Operation":
        """Set a point of a temperature program: linear between points, constant before the first and after the last.

        Raises
        ------
        DataError
            A temperature that is not above absolute zero.
        """
        return self._with(Step("temperature", _time(time), kelvin=_positive("temperature", kelvin)))

    @property
    def species(self) -> tuple[str, ...]:
        """Names that it mentions, each once."""
        named = [name for step in self.steps for name, _ in (*step.contents, *step.amounts)]
        return tuple(dict.fromkeys([*(name for name, _ in self.charge), *named]))

    @property
    def steady(self) -> bool:
        """Whether every sample is of a stirred tank at its own steady state."""
        return self.axis == "stirred flow"

    @property
    def program(self) -> tuple[tuple[float, float], ...]:
        """Points of the temperature program, (time, kelvin), by time."""
        return tuple(sorted((s.time, s.kelvin) for s in self.steps if s.kelvin is not None))

    @property
    def flows(self) -> bool:
        """Whether anything comes in or leaves."""
        return self.steady or any(step.kind != "temperature" for step in self.steps)

    def _with(self, step: Step) -> "Operation":
        return replace(self, steps=(*self.steps, step))


def _number(name: str, value: Number | None) -> float:
    try:
        found = float(value)  # type: ignore[arg-type]  # what is no number is refused
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise DataError(f"{name} = {value!r} is no number")
    return found


def _time(value: Number | None) -> float:
    return _number("time", value)


def _end(time: float, until: Number | None) -> float:
    end = math.inf if until == math.inf else _number("until", until)
    if not end > float(time):
        raise DataError(f"it ends at {end:g}, not after its beginning at {float(time):g}")
    return end


def _positive(name: str, value: Number | None) -> float:
    found = _number(name, value)
    if found <= 0:
        raise DataError(f"{name} = {found:g}; give a number above 0")
    return found


def _flow(what: str, time: float, end: float, flow: Number | None, volume: Number | None) -> float:
    if (flow is None) == (volume is None):
        raise DataError(f"a {what} needs its flow, or its volume and its end")
    if volume is None:
        return _positive("flow", flow)
    if end == math.inf:
        raise DataError(f"a {what} of a volume needs its end, or give its flow")
    return _positive("volume", volume) / (end - time)


def _contents(what: str, values: Mapping[str, Number] | Iterable[tuple[str, Number]] | None) -> Contents:
    pairs = values.items() if isinstance(values, Mapping) else values or ()
    found = tuple((str(name), _number(f"{what} {name}", value)) for name, value in pairs)
    for name, value in found:
        if value < 0:
            raise DataError(f"{what} {name} = {value:g}; give a number of 0 or more")
    return tuple((name, value) for name, value in found)
