"""What happens at one moment: triggers, the queue of events to come, priorities, simultaneous assignments."""

import math
from dataclasses import dataclass, replace

from ...errors import SimulationError, UnsupportedError
from .system import System

_LIMIT = 10_000
"""Executions at one moment after which a chain of events is taken for endless."""

_ORDERS = 400
"""Simultaneous executions at one moment whose orders are compared."""


@dataclass(frozen=True)
class Occurrence:
    """An event that was triggered and waits for its time."""

    event: int
    due: float
    values: tuple[float, ...] | None


@dataclass(frozen=True)
class Moment:
    """The slots, which triggers hold, and what waits."""

    slots: list[float]
    held: list[bool]
    queue: tuple[Occurrence, ...] = ()


def settle(system: System, t: float, moment: Moment, slack: float) -> Moment:
    """Execute all events that are due at time t, and those they trigger.

    Parameters
    ----------
    slack
        Events due less than this after t count as due.

    Raises
    ------
    UnsupportedError
        Where events of equal priority are due at once and their order matters: SBML says it is random.
    SimulationError
        For a chain of events without end.
    """
    moment = _observe(system, t, moment)
    compared = 0
    for _ in range(_LIMIT):
        choice = _candidates(system, t, moment, slack)
        if not choice:
            return moment
        if len(choice) > 1:
            compared += len(choice)
            if compared > _ORDERS:
                raise UnsupportedError(f"{system.tables.source}: {compared} simultaneous events are not supported")
            _refuse_random(system, t, moment, choice, slack)
        moment = _execute(system, t, moment, choice[0])
    raise SimulationError(f"{system.tables.source}: events trigger each other without end at time {t:g}")


def _observe(system: System, t: float, moment: Moment) -> Moment:
    """Queue the events whose trigger became true, drop waiting ones that do not persist."""
    slots, y = moment.slots, system.dynamic(moment.slots)
    held = system.triggers(t, y, slots)
    queue = [o for o in moment.queue if system.events[o.event].persistent or held[o.event] or not moment.held[o.event]]
    for i, (before, after) in enumerate(zip(moment.held, held, strict=True)):
        if after and not before:
            event = system.events[i]
            delay = float(event.delay(t, y, slots)[0]) if event.delay else 0.0
            if not delay >= 0:
                raise SimulationError(f"{system.tables.source}: the event '{event.id}' has the delay {delay:g}")
            values = tuple(event.values(t, y, slots)) if event.values_from_trigger else None
            queue.append(Occurrence(i, t + delay, values))
    return replace(moment, held=held, queue=tuple(queue))


def _candidates(system: System, t: float, moment: Moment, slack: float) -> list[Occurrence]:
    """Return the occurrences of which SBML lets any be the next."""
    due = [o for o in moment.queue if o.due <= t + slack]
    if len(due) < 2:
        return due
    y = system.dynamic(moment.slots)
    rank = {}
    for i in {o.event for o in due}:
        priority = system.events[i].priority
        rank[i] = float(priority(t, y, moment.slots)[0]) if priority else None
    known = [r for r in rank.values() if r is not None and not math.isnan(r)]
    best = max(known, default=None)
    return [o for o in due if rank[o.event] is None or rank[o.event] == best or math.isnan(rank[o.event] or 0.0)]


def _execute(system: System, t: float, moment: Moment, chosen: Occurrence) -> Moment:
    event = system.events[chosen.event]
    values = chosen.values
    if values is None:
        values = event.values(t, system.dynamic(moment.slots), moment.slots)
    slots = system.assign(t, moment.slots, dict(zip(event.targets, values, strict=True)))
    queue = list(moment.queue)
    queue.remove(chosen)
    return _observe(system, t, replace(moment, slots=slots, queue=tuple(queue)))


def _refuse_random(system: System, t: float, moment: Moment, choice: list[Occurrence], slack: float) -> None:
    """Refuse if it matters which of the occurrences is executed first."""
    outcome = _outcome(system, t, moment, choice[0], slack)
    for other in choice[1:]:
        if not _same(outcome, _outcome(system, t, moment, other, slack)):
            names = " and ".join(f"'{system.events[o.event].id}'" for o in (choice[0], other))
            raise UnsupportedError(
                f"{system.tables.source}: a random order of events ({names}, at time {t:g}) is not supported; "
                "give them priorities"
            )


def _outcome(system: System, t: float, moment: Moment, first: Occurrence, slack: float) -> Moment:
    moment = _execute(system, t, moment, first)
    for _ in range(_LIMIT):
        choice = _candidates(system, t, moment, slack)
        if not choice:
            break
        moment = _execute(system, t, moment, choice[0])
    return moment


def _same(a: Moment, b: Moment) -> bool:
    def close(x: float, y: float) -> bool:
        return x == y or (x != x and y != y) or math.isclose(x, y, rel_tol=1e-12)

    def key(o: Occurrence) -> tuple:
        return (o.event, o.due, o.values is None, o.values or ())

    return (
        a.held == b.held
        and all(map(close, a.slots, b.slots))
        and sorted(map(key, a.queue)) == sorted(map(key, b.queue))
    )
