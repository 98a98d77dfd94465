"""What comes and goes, and what helps without being used up, in words."""

import numpy as np

from ..data.mechanism import Mechanism
from ..search.score import matter
from .describe import reaction_texts


def feeds_and_losses(mechanism: Mechanism) -> str:
    """Name the steps by which single molecules enter and leave, in one sentence; nothing where there are none."""
    net, size = mechanism.net_stoichiometry, mechanism.reactants.sum(axis=1)
    single = np.abs(net).sum(axis=1) == 1
    texts = np.array(reaction_texts(mechanism), object)
    feeds = texts[single & (size == 0)]
    losses = texts[single & (size == 1) & (net.sum(axis=1) < 0)]
    told = [f"{', '.join(t)} {'feeds' if len(t) == 1 else 'feed'} it in" for t in (feeds,) if len(t)]
    told += [f"{', '.join(t)} {'loses' if len(t) == 1 else 'lose'} it" for t in (losses,) if len(t)]
    if not told:
        return ""
    return f" Matter is exchanged with what was not measured: {' and '.join(told)}."


def unusual_steps(mechanism: Mechanism) -> list[str]:
    """Say which reactions are helped by a species that they do not use up, and which make or destroy matter."""
    left, right, net = mechanism.reactants, mechanism.products, mechanism.net_stoichiometry
    texts, species = reaction_texts(mechanism), mechanism.species
    found, told = [], set()
    for text, a, b, change in zip(texts, left, right, net, strict=True):
        if np.all(change >= 0) or np.all(change <= 0):
            if np.abs(change).sum() > 1 or (a.sum() > 0 and change.sum() > 0) or a.sum() > 1:
                what = "makes" if change.sum() > 0 else "destroys"
                found.append(f"{text} {what} matter: it stands for a step with something that was not measured")
                told.add(text)
            continue
        for i in np.flatnonzero(np.minimum(a, b)):
            if change[i] == 0:
                found.append(f"in {text}, {species[i]} is a catalyst: it helps and is not used up")
            elif change[i] > 0:
                found.append(f"in {text}, {species[i]} speeds its own formation")
    kind = matter(left, net)
    if kind == "lost" and not told:
        found.append("its reactions together lose matter: a by-product that was not measured may hold it")
    if kind == "made" and not told:
        found.append("its reactions together make or destroy matter: no weights of the species balance them all")
    return found
