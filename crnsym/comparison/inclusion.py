"""How sure single reactions are."""

from collections.abc import Sequence

from ..data.mechanism import Mechanism
from .describe import reaction_texts


def inclusion_probabilities(mechanisms: Sequence[Mechanism], weights: Sequence[float]) -> dict[str, float]:
    """Sum, for every reaction, the weights of the candidates that have it; the surest first."""
    total: dict[str, float] = {}
    for mechanism, weight in zip(mechanisms, weights, strict=True):
        for text in reaction_texts(mechanism):
            total[text] = total.get(text, 0.0) + float(weight)
    return dict(sorted(total.items(), key=lambda item: (-round(item[1], 12), item[0])))
