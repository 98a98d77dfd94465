"""The commands and their options as a page."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typer.core import TyperGroup


def heading(text: str, sign: str = "=") -> str:
    """Return a heading in reStructuredText."""
    return f"{text}\n{sign * len(text)}\n"


def commands_page(group: "TyperGroup") -> str:
    """Return the page of a click group: each command, what it does, its arguments and options."""
    parts = [heading("Commands"), "What can be done without Python; ``crnsym COMMAND --help`` shows it in a terminal."]
    for name, command in group.commands.items():
        parts += ["", heading(f"crnsym {name}", "-"), _plain(command.help), ""]
        rows = [line for option in command.params for line in _row(option)]
        parts += [".. list-table::", "   :widths: 35 65", "", *rows] if rows else []
    return "\n".join(parts) + "\n"


def _row(option: Any) -> list[str]:
    flags = [*option.opts, *option.secondary_opts]
    shown = " ".join(f"``{flag if flag[0] == '-' else flag.upper()}``" for flag in flags)
    return [f"   * - {shown}", f"     - {_plain(getattr(option, 'help', ''))}"]


def _plain(text: str | None) -> str:
    """Return a text whose signs mean nothing to the typesetter."""
    return " ".join("".join(f"\\{c}" if c in "*`_|\\" else c for c in (text or "").replace("\\[", "[")).split())
