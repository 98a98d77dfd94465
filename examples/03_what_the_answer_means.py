# %% [markdown]
# # What the answer means
#
# Every answer has a verdict: *decided*, *tie*, *undecided*, *not reached* or *unfinished*. This page shows one that is
# right, one that is wrong and says so, and one that is wrong though the fit is perfect, with the sign by which it is
# recognised.

# %%
import matplotlib.pyplot as plt

import crnsym as cs

true = cs.network("A + B -> C @ 0.5")
both = [{"A": 1.0, "B": 1.4}, {"A": 1.0, "B": 0.6}]
data = cs.simulate(true, (0, 8, 25), initial=both, noise=0.02, seed=1)

# %% [markdown]
# ## Right
#
# The score of a mechanism is N ln(χ²/N) and a price for each reaction; a difference of 4 is a probability of 0.88, one
# of 10 is 0.99.

# %%
right = cs.discover(data, hidden=0, seed=0)
print(right.statement)
print({reaction: round(p, 3) for reaction, p in right.inclusion.items() if p > 0.01})

# %% [markdown]
# ## Wrong, and it says so
#
# Two mechanisms are offered, and neither is right. One of them must come first. That it is best among bad ones shows
# in three places: the verdict, the misfit, and residuals that come in waves.

# %%
wrong = cs.compare([cs.network("A -> C"), cs.network("B -> C")], data, names=["A alone", "B alone"])
print(wrong.verdict, "-", wrong.statement)
print(f"squared misfit a value: {wrong[0].reduced:.1f}; of the right mechanism: {right[0].reduced:.2f}")

# %%
figure, axes = plt.subplots(2, 2, figsize=(9, 5), layout="constrained")
for (left, rest), answer, title in zip(
    axes, (right, wrong), ("the right one", "the best of two wrong ones"), strict=True
):
    cs.plot_run(left, answer, answer[0], run=1)
    cs.plot_residual(rest, answer, answer[0], "C")
    left.set_title(title, loc="left")
axes[0, 0].legend(fontsize=8)

# %% [markdown]
# ## Wrong, with a perfect fit
#
# B was added in large excess, as one does, and not followed. A decays as if it were alone, the fit is perfect, and the
# verdict is sure. No statistic sees what is missing, because the experiment never asked.

# %%
one_way = cs.network("A -> C")


def without_b(data: cs.Trajectories) -> dict[str, list]:
    rows = [{"run": r["experiment"], "time": r["time"], "A": r["A"], "C": r["C"]} for r in data.to_rows()]
    return {column: [row[column] for row in rows] for column in rows[0]}


excess = cs.simulate(true, (0, 0.6, 25), initial=[{"A": 0.1, "B": 15.0}], noise=0.02, seed=2)
flooded = cs.compare([one_way], without_b(excess))
print(f"{flooded[0].reactions} with k1 = {flooded[0].rates['k1']:.2f}, misfit {flooded[0].reduced:.2f}")

# %% [markdown]
# The cure is a run that asks: the same with half of B. Now one rate constant cannot serve both, and the answer says
# that something is missing.

# %%
asked = cs.simulate(true, (0, 0.6, 25), initial=[{"A": 0.1, "B": 15.0}, {"A": 0.1, "B": 7.5}], noise=0.02, seed=2)
missing = cs.compare([one_way], without_b(asked))
print(missing.verdict, "-", missing.statement)

# %% [markdown]
# ## What cannot be told, ever
#
# Different reactions can give the same rate equations; then no measurement of these concentrations helps. A dimer that
# falls apart into one B and one C looks exactly like one that becomes two B or two C, equally fast.

# %%
split, sorted_ = cs.confounding_pair(cs.network("A -> B + C"), cs.network("A -> 2 B; A -> 2 C"))
print(split, sorted_, sep="\n\n")
print(split.odes() == sorted_.odes())

# %% [markdown]
# Such mechanisms are reported as one candidate, with the others listed in `found[0].alternatives`.
