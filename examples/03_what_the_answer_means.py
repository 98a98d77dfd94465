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
# One run with B in large excess. B hardly changes, so A decays as if it were alone, and the shorter mechanism wins.
# No statistic sees this: the experiment never asked. What shows it is chemistry (C holds B, so B cannot be idle) and
# the remark on a twin, if there is one. The cure is a run in which B is not in excess.

# %%
excess = cs.simulate(true, (0, 0.6, 25), initial=[{"A": 1.0, "B": 15.0}], noise=0.02, seed=2)
flooded = cs.compare([cs.network("A -> C"), cs.network("A + B -> C")], excess, names=["A -> C", "A + B -> C"])
for candidate in flooded:
    print(f"{candidate.name:<12} weight {candidate.weight:.2f}  misfit {candidate.reduced:.2f}")
print(flooded.statement)

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
