"""Text to network.

::

    statement = reaction | declaration            one a line, or several with ';' between; '#' starts a comment
    reaction  = [name ':'] side arrow side ['@' rates | '@=' rates]
    side      = '0' | '∅' | nothing | term ('+' term)*
    term      = [coefficient ['*']] species       2 A, 2A, 1/2 A; A2 is a name
    arrow     = '->' '-->' '→'   |  '<->' '<=>' '⇌'   |  '<-' (reversed)
    rates     = law | law ',' law                 two for a reversible arrow
    declaration = 'param' k ['=' number] ['[' unit ']'], ...
                | 'init' A '=' expression ['[' unit ']'], ...
                | 'species' A ['{' formula '}'], ...  | 'const' A, ... | 'boundary' A, ...
                | 'obs' name '=' expression, ...

``@ k`` gives the rate constant of mass action, ``@= v`` the whole rate. ``@ arrhenius(A, Ea, T)`` is mass
action too; ``@= mm(S, vmax, km)``, ``revmm(S, P, vf, ks, vr, kp)``, ``hill(X, vmax, k, n)`` and
``hillr(X, vmax, k, n)`` are the named rate laws. Without a rate the constants are called k1, k2, ...
"""

from collections.abc import Iterator

from .network import Network
from .scanner import Scanner
from .statements import StatementParser


def network(
    text: str, source: str = "text", name: str = "", strict: bool = False, combinatoric: bool = False
) -> Network:
    """Read a network from text.

    Parameters
    ----------
    text
        Statements as in the grammar above.
    source
        What to call the text in an error, for example the file name.
    name
        Name of the network.
    strict
        Refuse symbols that no ``param`` declares and rates that are not given; they are parameters without value
        else.
    combinatoric
        Whether constants are per unordered set of equal molecules: ``2 A -> B @ k`` is then the rate k A^2 / 2, and
        is read as ``@ k/2``; see `from_combinatoric`.

    Raises
    ------
    ParseError
        With the line, the column, a caret and the nearest known name.

    Examples
    --------
    >>> net = network("2 A -> B @ 0.1; A + B <-> C @ kf, kr; param kf = 0.3")
    >>> net.odes()["C"]
    A*B*kf - C*kr
    """
    parser = StatementParser(source, strict)
    for scanner in _statements(text, source):
        parser.statement(scanner)
    found = parser.finish(name)
    if combinatoric:
        from .combinatoric import from_combinatoric

        return from_combinatoric(found)
    return found


def _statements(text: str, source: str) -> Iterator[Scanner]:
    """Yield a scanner for each statement; quotes protect ';' and '#'."""
    for number, line in enumerate(text.splitlines(), 1):
        quoted, start = False, 0
        for i, character in enumerate(line + "\n"):
            if character == '"':
                quoted = not quoted
            if (character in ";#" and not quoted) or character == "\n":
                scanner = Scanner(line, start, i, number, source)
                if not scanner.at_end():
                    yield scanner
                start = i + 1
                if character == "#":
                    break
