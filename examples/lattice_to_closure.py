# %% [markdown]
# # From a lattice to a learned moment closure
#
# Prey and hunters on a lattice are simulated; a model is learned from the snapshots alone, without the reactions.

# %%
import crnsym as cs

net = cs.network("A -> 2 A @ 0.8; A + B -> 2 B @ 0.5; B -> 0 @ 0.7; 0 -> A @ 0.02; init A = 30, B = 20")
snapshots = [
    cs.simulate_lattice(net, (12, 12), times=(0, 6, 13), runs=24, initial={"A": a, "B": b}, seed=1)
    for a, b in [(30, 20), (60, 10)]
]

# %% [markdown]
# Numbers of molecules, their spread over runs, and the couplings of neighbours are learned together. Snapshots from
# several compositions let the model speak of others, too. For a real problem leave out `steps`, which cuts the
# training short here.

# %%
model = cs.fit_dbm(snapshots, steps=40, seed=0)
model

# %% [markdown]
# The model is simulated in time, also from a composition that it has not seen.

# %%
moments = cs.simulate_dbm(model, (0, 6, 7), runs=40, initial={"A": 40, "B": 15}, sweeps=50)
print(moments.counts().mean(axis=0).round(1))
print(moments.nearest("A", "B").mean(axis=0).round(1))

# %% [markdown]
# What changes the number of hunters: by the learned channels, and by the reactions over sampled lattices.

# %%
learned = cs.closure(model, moments.times)["B"]
exact = cs.closure(model, network=net, sampled=moments)["B"]
for channel, rate in {**learned, **exact}.items():
    print(f"{channel:<20}", rate.round(2))

# %% [markdown]
# Is it an equilibrium, whatever the number of sweeps and the start? Then compare with other closures in one page.

# %%
verdict = cs.diagnose(model, snapshots[0], [0.0, 2.0, 4.0], sweeps=(10, 50, 100), chains=20)
print(verdict)
scores = cs.report_dbm(model, snapshots[0], "closure.html", net, diagnosis=verdict, runs=40)
for name, errors in scores.items():
    print(f"{name:<20}", {quantity: round(error, 3) for quantity, error in errors.items()})
