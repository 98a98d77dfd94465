# %% [markdown]
# # Known chemistry, and which knowledge pays
#
# A chemist knows more than the table: formulas, steps that must be there, steps that cannot be. Each piece of it makes
# the list of possible mechanisms shorter, and a short list needs fewer data. Here the same six samples are searched
# with more and more knowledge.

# %%
import matplotlib.pyplot as plt

import crnsym as cs

true = cs.network("A -> B @ 0.6; A + B -> C @ 0.25")
data = cs.simulate(true, (0, 5, 6), initial={"A": 2.0}, noise=0.12, seed=4)
wanted = {"A -> B", "A + B -> C"}

# %% [markdown]
# * `formulas`: only balanced reactions are tried. The cheapest knowledge, and often the best.
# * `library`: nothing else is tried. Strong, and dangerous: what is not in it cannot be found.
# * `known`: these reactions are in every mechanism.
# * `excluded`: these are in none.
# * `rates`: a rate constant that was measured elsewhere, with its error.

# %%
knowledge = {
    "nothing": {},
    "formulas": {"formulas": {"A": "C2H4O", "B": "C2H4O", "C": "C4H8O2"}},
    "a library": {"library": cs.network("A <-> B; A + B <-> C; 2 A <-> C; 2 B <-> C")},
}
answers = {name: cs.discover(data, hidden=0, max_order=2, seed=0, **told) for name, told in knowledge.items()}
for name, found in answers.items():
    print(f"{name:<14} {found.verdict:<12} {'; '.join(found[0].reactions)}")

# %% [markdown]
# How probable are the two reactions that were there, and how much is left for others?

# %%
figure, ax = plt.subplots(figsize=(8, 2.8), layout="constrained")
names = list(answers)
for offset, reaction in ((-0.18, "A -> B"), (0.18, "A + B -> C")):
    ax.barh(
        [i + offset for i in range(len(names))],
        [answers[n].inclusion.get(reaction, 0) for n in names],
        0.34,
        label=reaction,
    )
others = [max([p for r, p in answers[n].inclusion.items() if r not in wanted], default=0) for n in names]
ax.plot(others, range(len(names)), "k|", ms=14, label="likeliest other reaction")
ax.set_yticks(range(len(names)), names)
ax.set(xlabel="probability", xlim=(0, 1.02))
ax.invert_yaxis()
ax.legend(fontsize=8, loc="lower center", ncols=3, bbox_to_anchor=(0.45, 1.0))

# %% [markdown]
# ## Wrong knowledge
#
# Knowledge is believed. A library without the step that happens gives a wrong answer, and with so few data the verdict
# may be sure all the same: what was ruled out by hand is in doubt no more. More data would show it as a misfit.

# %%
blind = cs.discover(data, hidden=0, library=cs.network("A <-> B; 2 A <-> C"), seed=0)
print(f"{blind.verdict}: {'; '.join(blind[0].reactions)}; misfit {blind[0].reduced:.2f}")
print(f"with the right library: misfit {answers['a library'][0].reduced:.2f}")

# %% [markdown]
# In a terminal: `--formulas FILE`, `--library FILE.crn`, `--known FILE.crn`, `--excluded FILE.crn`, `--vessel closed`,
# `--rates FILE`.
