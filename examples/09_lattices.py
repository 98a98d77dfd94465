# %% [markdown]
# # Lattices: from snapshots to rules, and to a closure
#
# Molecules that sit on a surface or in a gel meet their neighbours only. Pictures of such a lattice hold two things:
# the rules that move it, and a closure, with which the numbers can be followed without the lattice.

# %%
import matplotlib.pyplot as plt

import crnsym as cs

true = cs.network("P -> 2 P @ 1; H -> 0 @ 0.8; P + H -> 2 H @ 0.6; init P = 230, H = 90")
runs = cs.simulate_lattice(true, (30, 30), times=(0, 12, 49), runs=40, seed=1, hops={"P": 0.3, "H": 0.5})

# %% [markdown]
# Prey (P) breeds into empty neighbours, hunters (H) starve, and a hunter next to prey eats it and breeds. All we keep
# are the pictures.

# %%
figure, axes = plt.subplots(1, 5, figsize=(10, 2.2), layout="constrained")
for ax, step in zip(axes, range(0, 49, 12), strict=True):
    ax.imshow(runs.sites[0, step], cmap=plt.matplotlib.colors.ListedColormap(["#f4f6f9", "#2a9d5c", "#d1495b"]))
    ax.set(title=f"time {runs.times[step]:g}", xticks=[], yticks=[])
    ax.grid(visible=False)

# %% [markdown]
# ## Which rules?
#
# Everything that can happen on a site or between two neighbours is considered: 45 rules for two species, hops included.

# %%
cs.write_snapshots(runs, "snapshots.npz")
shots = cs.read_snapshots("snapshots.npz")
found = cs.discover_snapshots(shots)
found

# %%
best = found[0]
assert set(best.rules) == {"P -> 2 P", "H -> 0", "H + P -> 2 H", "P hops", "H hops"}
print(*best.lines(), sep="\n")

# %% [markdown]
# Counts alone show the reactions, but not the hops, and say so.

# %%
alone = cs.discover_snapshots(shots, observables="counts")
print(alone[0].rules)
print(*alone.remarks, sep="\n")

# %% [markdown]
# ## A closure without rules
#
# `fit_dbm` does not ask for rules. It learns how the numbers of molecules, their spread and the pairs of neighbours
# move together, from snapshots of several compositions. For a real problem leave out `steps`, which cuts the training
# short here.

# %%
small = cs.network("A -> 2 A @ 0.8; A + B -> 2 B @ 0.5; B -> 0 @ 0.7; 0 -> A @ 0.02; init A = 30, B = 20")
snapshots = [
    cs.simulate_lattice(small, (12, 12), times=(0, 6, 13), runs=24, initial={"A": a, "B": b}, seed=1)
    for a, b in [(30, 20), (60, 10)]
]
model = cs.fit_dbm(snapshots, steps=15, seed=0)
model

# %% [markdown]
# The model runs from a composition that it has not seen, and is held against the lattice itself.

# %%
start = {"A": 40, "B": 15}
learned = cs.simulate_dbm(model, (0, 6, 7), runs=20, initial=start, sweeps=30)
truth = cs.simulate_lattice(small, (12, 12), times=(0, 6, 25), runs=40, initial=start, seed=9)
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for i, name in enumerate("AB"):
    axes[0].plot(truth.times, truth.counts()[..., i].mean(axis=0), color=f"C{i}", label=name)
    axes[0].plot(learned.times, learned.counts()[..., i].mean(axis=0), "o", color=f"C{i}")
axes[1].plot(truth.times, truth.nearest("A", "B").mean(axis=0), color="C2", label="A next to B")
axes[1].plot(learned.times, learned.nearest("A", "B").mean(axis=0), "o", color="C2")
for ax, title in zip(axes, ("molecules: lattice (line), model (dots)", "pairs of neighbours"), strict=True):
    ax.set(xlabel="time", title=title)
    ax.legend()

# %% [markdown]
# ## What closes the moments
#
# The rate at which hunters change, channel by channel: as the model has learned it, and as the reactions give it over
# sampled lattices.

# %%
channels = cs.closure(model, learned.times)["B"]
exact = cs.closure(model, network=small, sampled=learned)["B"]
for channel, rate in {**channels, **exact}.items():
    print(f"{channel:<20}", rate.round(2))

# %% [markdown]
# Is it an equilibrium, whatever the number of sweeps and the start? `diagnose` tells, and `report_dbm` compares the
# model with mean field and pair approximation in one page.

# %%
verdict = cs.diagnose(model, snapshots[0], [0.0, 4.0], sweeps=(10, 50), chains=12)
print(verdict.statement)
scores = cs.report_dbm(model, snapshots[0], "closure.html", small, diagnosis=verdict, runs=12)
for name, errors in scores.items():
    print(f"{name:<20}", {quantity: round(error, 3) for quantity, error in errors.items()})
