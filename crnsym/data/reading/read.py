"""From sources to trajectories: all grids, all their blocks, and what was assumed."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DataError
from ..noise import falls_below_zero
from ..trajectories import Trajectories
from .block import Options, Reading, read_block
from .blocks import Block, blocks_of
from .cells import style_of_grid
from .grid import Grid, listed
from .join import joined
from .shapes import headerless, shaped
from .sources import Table, open_source
from .styles import Style, remark_on
from .temperatures import kelvin_of_labels
from .time_column import NoTimeError
from .time_words import plain_times


def read_sources(
    sources: Table | Sequence[Table], sheets: Sequence[str], options: Options
) -> tuple[Trajectories, list[Reading]]:
    """Read one source, or several as runs; return the data and how each table was read.

    Raises
    ------
    DataError
        In one line that names the file, the line, what was found and what to do.
    """
    several: Sequence[Any] = sources if isinstance(sources, list | tuple) else [sources]
    if not several:
        raise DataError("no table was given; give a path, a frame, or a list of these")
    parts, readings = [], []
    for source in several:
        grids = open_source(source, tuple(sheets))
        found = _of_grids(grids, options, chosen=bool(sheets))
        for reading in found:
            readings.append(reading)
            parts.append((_label(reading, source, len(several), len(grids)), reading.source, reading.data))
    data = _warmed(joined(parts))
    return replace(data, remarks=(*data.remarks, *describe(data))), readings


def _warmed(data: Trajectories) -> Trajectories:
    """Give runs the temperatures that their names say, where nothing else says any and every name does."""
    kelvin = kelvin_of_labels(data.experiments) if data.temperatures is None and len(data) > 1 else None
    if kelvin is None:
        return data
    return _remarked(replace(data, temperatures=kelvin), "the temperatures of the runs are those in their names")


def _label(reading: Reading, source: Table, sources: int, grids: int) -> str:
    """Return how a table is called among the others: by its title, its sheet, or its file."""
    file = Path(source).stem if isinstance(source, str | os.PathLike) else ""
    sheet = reading.source.rpartition(", sheet '")[2].rstrip("'") if grids > 1 else ""
    name = reading.title or sheet
    return " ".join(n for n in (file if sources > 1 else "", name) if n)


def _of_grids(grids: Sequence[Grid], options: Options, *, chosen: bool) -> list[Reading]:
    """Read the sheets of a workbook, or the one grid of a file; sheets that are no tables like the first are named."""
    if len(grids) == 1 or chosen:
        return [r for grid in grids for r in _of_grid(grid, options)]
    found: list[Reading] = []
    left_out: list[str] = []
    first: DataError | None = None
    for grid in grids:
        try:
            readings = _of_grid(grid, options)
        except DataError as error:
            first = first or error
            left_out.append(_sheet(grid))
            continue
        if found and set(readings[0].data.species) != set(found[0].data.species):
            left_out.append(_sheet(grid))
            continue
        found += readings
    if not found:
        raise first or DataError(f"{grids[0].source}: no table")
    if left_out:
        read = ", ".join(
            dict.fromkeys(f"'{r.source.rpartition(chr(39) + '')[0].rpartition(chr(39))[2]}'" for r in found)
        )
        remark = f"of the workbook {read} is read; {', '.join(left_out)} hold other tables or none (--sheet chooses)"
        found[0] = replace(found[0], data=replace(found[0].data, remarks=(*found[0].data.remarks, remark)))
    return found


def _sheet(grid: Grid) -> str:
    return "'" + grid.source.rpartition(", sheet '")[2]


def _of_grid(grid: Grid, options: Options) -> list[Reading]:
    """Read all blocks of a grid."""
    try:
        blocks = blocks_of(grid)
    except DataError:
        blocks = headerless(grid)
        if not blocks:
            raise
    blocks = [plain_times(part) for block in blocks for part in shaped(block)]
    style, texts = style_of_grid(grid, [_columns(block) for block in blocks], options.decimal)
    readings = _continued(_of_blocks(grid, blocks, style, options))
    if len(blocks) == 1 and readings[0].title:
        title = f"'{readings[0].title}' is a title"
        readings[0] = replace(readings[0], title="", data=_remarked(readings[0].data, title))
    told = (*grid.remarks, *remark_on(style, texts))
    if told:
        readings[0] = replace(readings[0], data=_remarked(readings[0].data, *told))
    return readings


def _of_blocks(grid: Grid, blocks: Sequence[Block], style: Style, options: Options) -> list[Reading]:
    """Read the blocks; one without times beside others that have them is named and left out, as a calibration."""
    readings, left_out = [], []
    for block in blocks:
        try:
            readings.append(read_block(grid, block, style, options))
        except NoTimeError:
            left_out.append(block)
            if len(left_out) == len(blocks):
                raise
    if left_out:
        lines = listed([block.header_line for block in left_out])
        remark = f"the table at {grid.unit} {lines} has no times: left out"
        readings[0] = replace(readings[0], data=_remarked(readings[0].data, remark))
    return readings


def _continued(readings: list[Reading]) -> list[Reading]:
    """Put a block below the one before where its times go on: the header of a new page, no new run."""
    found: list[Reading] = []
    for reading in readings:
        last = found[-1] if found else None
        if last is None or not _goes_on(last, reading):
            found.append(reading)
            continue
        first, second = last.data, reading.data
        errors = [d.errors[0] if d.errors else np.full_like(d.values[0], np.nan) for d in (first, second)]
        told = replace(
            first,
            times=(np.concatenate([first.times[0], second.times[0]]),),
            values=(np.vstack([first.values[0], second.values[0]]),),
            errors=(np.vstack(errors),) if first.errors or second.errors else None,
            remarks=(*first.remarks, "the header is there again, and the times go on: one run"),
        )
        found[-1] = replace(last, data=told)
    return found


def _goes_on(before: Reading, after: Reading) -> bool:
    """Say whether a block without a title has the columns of the one before, and later times."""
    first, second = before.data, after.data
    alike = (first.species, first.units, first.time_unit, first.temperatures) == (
        second.species,
        second.units,
        second.time_unit,
        second.temperatures,
    )
    single = not after.title and len(first) == len(second) == 1 and first.experiments == second.experiments
    absolute = any("since the first row" in r for r in second.remarks)
    return alike and single and not absolute and first.times[0][-1] < second.times[0][0]


def _columns(block: Block) -> list[tuple[list[Any], list[int]]]:
    return [([row[k] for row in block.rows], block.lines) for k in range(len(block.names))]


def _remarked(data: Trajectories, *remarks: str) -> Trajectories:
    return replace(data, remarks=(*remarks, *data.remarks))


def describe(data: Trajectories) -> tuple[str, ...]:
    """Return remarks on what is unusual but no error in the data: one short line each."""
    stacked = np.concatenate(data.values)
    signals = falls_below_zero(stacked)
    remarks = []
    for j, name in enumerate(data.species):
        negative = int((stacked[:, j] < 0).sum())
        if negative:
            what = "kept: a signal, or a baseline?" if signals[j] else "kept as noise around zero"
            remarks.append(f"{name}: {negative} negative value{'s' * (negative > 1)}, {what}")
    first = [name for j, name in enumerate(data.species) if not any(np.isfinite(v[1:, j]).any() for v in data.values)]
    if first and len(data.species) > len(first):
        remarks.append(f"{', '.join(first)}: given at the start of the runs only, so weighed in and not followed")
    constant = [
        name
        for j, name in enumerate(data.species)
        if name not in first and all(np.ptp(_measured(v[:, j])) == 0 for v in data.values)
    ]
    if constant:
        remarks.append(f"{', '.join(constant)}: never changes within a run")
    gaps = int(np.isnan(stacked).sum())
    if gaps:
        remarks.append(f"{gaps} of {stacked.size} values are missing")
    lengths = [len(times) for times in data.times]
    if min(lengths) != max(lengths):
        remarks.append(f"runs have between {min(lengths)} and {max(lengths)} times")
    return tuple(remarks)


def _measured(column: np.ndarray) -> np.ndarray:
    finite = column[np.isfinite(column)]
    return finite if finite.size else np.zeros(1)
