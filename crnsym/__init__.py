"""Find the chemical reaction network behind data.

The names below load their modules when they are first used; importing ``crnsym`` itself loads nothing heavy.

The house, in the order in which a table walks through it; a room may import only from rooms above it in the second
list (`pyproject.toml` says so, and a test holds it to that). ::

    data/        what was measured: tables and snapshots, units, noise, conservation laws, what was done to a vessel
    search/      a `Question` in, a pool of fits out: strategies/ in one visible order, moves, the price of a reaction
    comparison/  what the fits say: ranking, how sure a reaction is, misfit, faults of the data, what to measure next
    discovery/   the verb that does these in turn; comparison/compare.py is the same for networks that are given
    report/      figures, pages and files; studio/ the local page; cli/ one file a command; jobs/ services and batches

    arguments.py which argument is of a wrong kind; kinds.py what annotations admit
    errors.py    one tree of exceptions                               processors.py  how many this process may use
    deciding/    the numbers that decide: prices of the score, thresholds of what is said, effort of the search
    files/       files that appear whole or not at all; machine code that is never stale
    network/     symbols: species, reactions, text, rate_laws/, theory/, steady/, reduction/, moments/, drawing/, latex/
    formats/     one module a file format, and the table of suffixes
    dynamics/    networks in motion: integration/ stochastic/ lattice/ moments/ sbml/
    training/    tasks on many processes, records of finished work, progress, restarts of learners
    crnn/        a learner: the chemical reaction neural network      regression/  another: the weak form
    dbm/         closures of lattices, learned from moments           snapshots/   rates of events from snapshots
    rounding/    real orders to integer mechanisms
    refit/       one fit: kernel (integration with sensitivities), evaluate, normal equations, profiles; general/ for
                 any rate law, petab/ for problems of that format, bulk* for thousands of candidates at once

Where it is decided: by which number `deciding`; which reactions are tried `search.question`, in which order
`search.strategies`; what a reaction costs `search.score`; whether a fit reaches the noise `comparison.residuals`; what
is certain `comparison.certainty`; how noisy the values are `data.noise`; which columns are set right
`comparison.faults`; when a rate is a bound `refit.profile`.
"""

import importlib
from types import FunctionType

import lazy_loader

__version__ = "0.1.0"  # before the names: whoever loads them all at once (EAGER_IMPORT) needs it
_find, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """Load what the stub lists; packages of a verb's name are that verb, see `crnsym.verbs`.

    Functions name arguments of wrong kinds, see `crnsym.arguments`.
    """
    if name in ("network", "report"):
        return importlib.import_module(f"{__name__}.{name}")
    found = _find(name)
    if isinstance(found, FunctionType):
        from .arguments import public

        found = globals()[name] = public(found, name)
    return found
