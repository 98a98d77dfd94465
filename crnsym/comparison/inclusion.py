"""How sure single reactions are."""

from collections.abc import Sequence

from ..data.mechanism import Mechanism
from ..refit.fit import Fit
from .candidate import Candidate
from .criteria import weights
from .describe import reaction_texts


def inclusion_probabilities(mechanisms: Sequence[Mechanism], probabilities: Sequence[float]) -> dict[str, float]:
    """Sum, for every reaction, the probabilities of the mechanisms that have it; the surest first."""
    total: dict[str, float] = {}
    for mechanism, weight in zip(mechanisms, probabilities, strict=True):
        for text in reaction_texts(mechanism):
            total[text] = total.get(text, 0.0) + float(weight)
    return dict(sorted(total.items(), key=lambda item: (-round(item[1], 12), item[0])))


def inclusion_of_all(candidates: Sequence[Candidate], ranked: Sequence[tuple[float, Fit]]) -> dict[str, float]:
    """Probabilities of reactions over all mechanisms that were fitted, not only those that are listed."""
    listed = {m.structure() for c in candidates for m in (c.mechanism, *c.alternatives)}
    others = [(score, f.mechanism) for score, f in ranked if f.ok and f.mechanism.structure() not in listed]
    scores = [*(c.score for c in candidates), *(score for score, _ in others)]
    mechanisms = [*(c.mechanism for c in candidates), *(m for _, m in others)]
    return inclusion_probabilities(mechanisms, weights(scores).tolist())
