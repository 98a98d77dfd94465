"""One reading of the measurements: which species there are, where they start and what is conserved."""

from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.regression.temperature import complex_energies, tempered
from crnsym.regression.weak_form import WeakForm, weak_form


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a search within one hypothesis looks at.

    Attributes
    ----------
    name
        The hypothesis, for provenance.
    data
        Courses for the weak form; the columns of species that were not measured hold what the hypothesis says.
    noise
        Of ``data``.
    guide
        One smoothed course ``(times, species)`` a run.
    problem
        What mechanisms are fitted to: species that were not measured have no values there.
    laws
        ``(laws, species)`` that every reaction obeys.
    """

    name: str
    data: Trajectories
    noise: NoiseModel
    guide: tuple[np.ndarray, ...]
    problem: FitProblem
    laws: np.ndarray

    def under(self, laws: np.ndarray, name: str) -> "View":
        """Return the view with other laws."""
        return replace(self, laws=laws, name=name)

    def weak(self, library: Library) -> tuple[WeakForm, Mechanism | None]:
        """Weak form on the complexes of a library, at one temperature where the runs have several.

        The second item has the activation energy of every complex then, otherwise it is None.
        """
        c = library.complexes
        form = weak_form(self.data, self.noise, list(self.guide), c)
        heat = self.problem.temperatures
        if heat is None:
            return form, None
        # three molecules at once are too many possibilities to learn energies from
        few = weak_form(self.data, self.noise, list(self.guide), c[c.sum(axis=1) <= 2])
        learned = complex_energies(few, self.problem.species, heat.kelvin, heat.reference, heat.typical)
        here = Mechanism(self.problem.species, c, c, np.zeros(len(c))).with_energies_of(learned)
        return tempered(form, 1.0 / heat.kelvin - 1.0 / heat.reference, heat.energies(here)), learned
