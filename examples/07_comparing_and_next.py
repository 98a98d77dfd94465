# %% [markdown]
# # Comparing mechanisms, and the next experiment
#
# Often the mechanisms are there already, from a paper or from a discussion at the board, and the question is which of
# them the data prefer. The thermal isomerisation of alpha-pinene (Fuguitt & Hawkins 1947) is a classic: five steps were
# published, and a rival lets the dimer form from two molecules of alloocimene.

# %%
from importlib.resources import as_file, files

import matplotlib.pyplot as plt

import crnsym as cs

with as_file(files("crnsym") / "data" / "demo" / "alpha_pinene.csv") as path:
    data = cs.read_table(path)

published = cs.network("""
    alpha_pinene -> dipentene      @ 5.9e-5
    alpha_pinene -> alloocimene    @ 3.0e-5
    alloocimene -> pyronene        @ 2.0e-5
    alloocimene <-> dimer          @ 2.7e-4, 4.0e-5
""")
second_order = cs.network("""
    alpha_pinene -> dipentene      @ 5.9e-5
    alpha_pinene -> alloocimene    @ 3.0e-5
    alloocimene -> pyronene        @ 2.0e-5
    2 alloocimene <-> 2 dimer      @ 1e-5, 1e-6
""")
found = cs.compare([published, second_order], data, names=["published", "second order"])
found

# %% [markdown]
# The rates of the published mechanism come out as printed (per second): 5.93e-5, 2.96e-5, 2.05e-5, 2.75e-4, 4.00e-5.

# %%
rates = next(c for c in found if c.name == "published").rates
for name, value in rates.items():
    print(name, f"{value:.3g}")

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", width_ratios=(1.3, 1))
cs.plot_run(axes[0], found, found[0], run=0)
cs.plot_rates(axes[1], found[0])
axes[0].set(xlabel="time", ylabel="per cent")
axes[0].legend(fontsize=8)

# %% [markdown]
# Any rate laws can be compared, not mass action alone: `@= mm(S, Vmax, Km)` in one network and `@ k` in another.
#
# ## When two are as good
#
# Few and noisy data often leave two mechanisms standing. `next_experiment` asks which run would part them best: it
# simulates what each would give, and says how sure one would be afterwards.

# %%
true = cs.network("A -> B @ 0.5; init A = 1")
few = cs.simulate(true, (0, 1, 5), noise=0.1, seed=1)
tied = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], few, names=["first order", "second order"])
print(tied.statement)

# %%
design = cs.next_experiment(tied, ranges={"A": (0.2, 2.0)}, times=[0, 1, 2, 4, 6, 8, 10], seed=0)
print(design)
print(f"weight of the right one: {design.now:.2f} now, {design.expected:.2f} expected, {design.typical:.2f} at random")

# %%
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
cs.plot_experiment(ax, design)

# %% [markdown]
# Do it, and the question is answered. (Here the experiment is a simulation with the mechanism that made the first.)

# %%
second = cs.simulate(true, design.times, initial=[dict(design.start)], noise=0.04, seed=5)
rows = few.to_rows() + [row | {"experiment": "2"} for row in second.to_rows()]
both = cs.read_table({column: [row[column] for row in rows] for column in rows[0]})
decided = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], both, names=["first order", "second order"])
print(decided.statement)
assert decided[0].name == "first order"
