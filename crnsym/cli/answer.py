"""What was found, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..comparison.result import Discovery

TASKS = "tasks"  # folder of finished batches, beside what else a run keeps


def show(found: "Discovery", files: list[Path]) -> None:
    """Print the answer, what was remarked about it, what to measure next and what was written."""
    from rich.console import Console

    console = Console()
    console.print(found)
    for remark in found.remarks:
        console.print(f"Note: {remark}", markup=False, soft_wrap=True)
    if found.rate_law is not None:
        told = "; ".join(found.rate_law.lines)
        console.print(f"Rate law, its constants and the steps that make it: {told}", markup=False, soft_wrap=True)
    if found.proposal is not None:
        console.print(f"What to measure next: {found.proposal}", markup=False, soft_wrap=True)
    console.print(f"Written: {', '.join(map(str, files))}", markup=False, soft_wrap=True)


def named(data: list[Path]) -> str:
    """Name the files of the data."""
    return ", ".join(path.name for path in data)
