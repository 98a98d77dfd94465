"""Plain words for what a search does and what an answer is worth."""

STAGES = {
    "noise and conservation laws": "Looking at the noise, and at what is conserved",
    "loading compiled programs (the first time they are compiled)": "Getting ready",
    "given mechanisms": "Trying the reactions that were given",
    "under conservation laws": "Trying reactions of the measured species",
    "an unmeasured intermediate or store": "Trying an intermediate that was not measured",
    "unmeasured species, from missing mass": "Looking for what is missing in the balance",
    "unmeasured species, less likely masses": "Looking further for what is missing in the balance",
    "with the noise of the residuals": "Looking again, with the noise that the answer leaves",
    "rate laws": "Trying rate laws where mass action does not fit",
    "without laws": "Trying reactions that conserve nothing",
    "without laws, thoroughly": "Trying more of those that conserve nothing",
    "mechanisms by size": "Trying small mechanisms behind the columns",
    "unmeasured species that were named": "Trying the species that were named",
    "an unmeasured catalyst": "Trying a catalyst that was not measured",
    "an unmeasured catalyst in several forms": "Trying more forms of such a catalyst",
    "rivals of the best answer": "Trying to beat the best answer",
    "final fits": "Fitting the best ones to the end",
    "left-out runs": "Predicting runs that were left out",
    "what the data determine": "Working out what the data determine",
    "profiles": "How far each rate may move",
}
HEADLINES = {
    "decided": "The data decide",
    "tie": "Two or more fit equally well",
    "undecided": "The data do not decide",
    "not reached": "Something is missing: the best leaves more than noise",
    "unfinished": "Not searched to the end",
}


def stage(text: str) -> str:
    """Return a stage in the words of a chemist."""
    return STAGES.get(text, text[:1].upper() + text[1:])


def arrow(reaction: str) -> str:
    """Write a reaction with an arrow."""
    left, _, right = reaction.partition("->")
    return " → ".join("∅" if side.strip() == "0" else side.strip() for side in (left, right))


def sentence(text: str) -> str:
    """Write the reactions in a sentence with arrows, which do not break at the end of a line."""
    return text.replace(" -> ", "\u00a0→\u00a0")


def chance(probability: float) -> str:
    """Return a probability for people."""
    if probability >= 0.995:
        return "> 99 %"
    return "< 1 %" if probability <= 0.005 else f"{100 * probability:.0f} %"
