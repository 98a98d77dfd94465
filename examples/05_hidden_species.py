# %% [markdown]
# # Hidden species and limits
#
# Not everything that reacts is in the table. crnsym looks for unmeasured species where no mechanism of the measured
# ones explains the data, and says of rates that are too fast to be seen that they are too fast to be seen.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt

import crnsym as cs

# %% [markdown]
# ## An intermediate that nobody measured
#
# A goes to P by way of Z. Only A and P are in the table: P comes late, which no reaction of A and P alone can do.

# %%
true = cs.network("A -> Z @ 0.8; Z -> P @ 0.5")
full = cs.simulate(true, (0, 12, 25), initial=[{"A": 1.0}, {"A": 0.5}], noise=0.015, seed=2)
seen = replace(full, species=("A", "P"), values=tuple(v[:, [0, 2]] for v in full.values))
found = cs.discover(seen, max_order=1, seed=0)
print(found.statement)
print(found[0].reactions, "hidden:", found[0].hidden_species)

# %%
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
cs.plot_run(ax, found, found[0], run=0)
ax.plot(full.times[0], full.values[0][:, 1], "k.", ms=3, label="Z as it was")
ax.set(xlabel="time", ylabel="concentration")
ax.legend(fontsize=8)

# %% [markdown]
# Whether there are hidden species can be told, too: `hidden=0` for none, `hidden=1` for one intermediate or store,
# `hidden=2` for a catalyst with its bound form.

# %% [markdown]
# ## A step too fast to be seen
#
# An equilibrium that is reached at once leaves its constant in the data, but not its two rates. A rate that the data
# let run to infinity is not estimated; it gets a lower bound.

# %%
fast = cs.network("A <-> B @ 60, 30; B -> C @ 0.4")
data = cs.simulate(fast, (0, 12, 25), initial=[{"A": 1.0, "B": 0.0}, {"A": 0.2, "B": 0.9}], noise=0.02, seed=1)
answer = cs.compare([fast], data)
answer

# %% [markdown]
# What the data determine is a combination, here the ratio of two rates:

# %%
for known in cs.identifiability(answer[0]).identified:
    print(f"{known.text} = {known.interval.value:.4f}, between {known.interval.low:.4f} and {known.interval.high:.4f}")

# %% [markdown]
# ## The same in symbols
#
# A fast species can be eliminated beforehand, with the condition under which that is right.

# %%
module = cs.network("A + B <-> Z @ k1, k_1; Z + C -> P @ k2")
reduced = cs.eliminate(module, "Z")
print(reduced.network)
print(reduced.effective_rates)
print("small where it holds:", reduced.validity)

# %% [markdown]
# And back: a reaction of three molecules as steps of two, with a bound on the error.

# %%
steps = cs.elementary(cs.network("2 A + B -> C @ 0.4; init A = 1, B = 1"), 0.05)
print(steps.network)
