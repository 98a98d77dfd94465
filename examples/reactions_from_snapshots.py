# %% [markdown]
# # Reactions from snapshots of a lattice
#
# Prey breed into empty neighbours, hunters starve, and a hunter next to prey eats it and breeds. Molecules hop. All we
# keep are pictures: 50 runs, each looked at 61 times. Which rules made them?

# %%
import crnsym as cs

true = cs.network("P -> 2 P @ 1; H -> 0 @ 0.8; P + H -> 2 H @ 0.6; init P = 400, H = 160")
runs = cs.simulate_lattice(true, (40, 40), times=(0, 15, 61), runs=50, seed=1, hops={"P": 0.3, "H": 0.5})

# %% [markdown]
# The pictures, and the file that holds them.

# %%
from crnsym.report.lattice import write_picture

write_picture(runs, "strip.png")
cs.write_snapshots(runs, "snapshots.npz")
shots = cs.read_snapshots("snapshots.npz")

# %% [markdown]
# Everything that can happen on a site or between two neighbours is considered: 45 rules for two species, hops included.
# The answer is ranked, with rates, standard errors and what cannot be told apart.

# %%
found = cs.discover_snapshots(shots)
found

# %%
best = found[0]
assert set(best.rules) == {"P -> 2 P", "H -> 0", "H + P -> 2 H", "P hops", "H hops"}
print(best.network)
print(best.hops)

# %% [markdown]
# Counts alone show the reactions, but not the hops, and say so.

# %%
alone = cs.discover_snapshots(shots, observables="counts")
print(alone[0].rules)
print(alone.remarks)

# %% [markdown]
# Where measuring destroys the sample, every snapshot is of a run of its own (`same_runs=False`). For well-mixed
# molecules the scatter between runs takes the place of the pairs.

# %%
cells = cs.network("0 -> M @ 6; M -> 0 @ 0.6; M -> M + P @ 1.5; P -> 0 @ 0.3; init M = 0, P = 0")
print(cs.discover_snapshots(cs.simulate_stochastic(cells, (0, 12, 41), runs=300, seed=1)))
