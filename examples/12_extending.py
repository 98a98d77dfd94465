# %% [markdown]
# # Extending crnsym
#
# Data flow one way: data, learners, rounding, fits, search, ranking, report. At each place something of your own can
# stand, and most of it needs no change of the package.

# %%
import matplotlib.pyplot as plt
import numpy as np

import crnsym as cs

true = cs.network("A -> B @= 0.6*A/(0.5 + A); B -> C @ 0.2")
data = cs.simulate(true, (0, 10, 21), initial=[{"A": 2.0}, {"A": 1.0, "B": 0.5}], noise=0.02, seed=0)

# %% [markdown]
# ## A rate law of your own
#
# `@=` takes any expression, with parameters that are fitted. It is compared with others as it stands.

# %%
ideas = [
    cs.network("A -> B @ k1; B -> C @ k2; param k1 = 1, k2 = 1"),
    cs.network("A -> B @= v*A/(K + A); B -> C @ k2; param v = 1, K = 1, k2 = 1"),
]
found = cs.compare(ideas, data, names=["mass action", "saturating"])
for candidate in found:
    print(f"{candidate.name:<12} {candidate.weight:.2f}")

# %% [markdown]
# A law that deserves a name is a class in `crnsym/network/rate_laws/` with two methods, `expression` and `text`.
#
# ## A learner of your own
#
# A learner gives real orders and stoichiometry: a `FractionalNetwork`. Rounding turns it into integer mechanisms, fits
# rank them. This one is a caricature, two power laws guessed from slopes.

# %%
learned = cs.FractionalNetwork(
    species=("A", "B", "C"),
    orders=np.array([[0.7, 0.0, 0.0], [0.0, 1.1, 0.0]]),
    net_stoichiometry=np.array([[-0.9, 1.0, 0.0], [0.0, -1.1, 1.0]]),
    log_rates=np.log([0.4, 0.2]),
    source="slopes",
)
rounded = cs.round_network(learned, data=data, limit=8)
fits = cs.refit_many(rounded, data)
for place in fits.order()[:3]:
    print(f"{fits.cost[place]:10.2f}  ", str(cs.to_network(rounded[place])).replace("\n", ";  "))

# %% [markdown]
# ## A criterion of your own
#
# A criterion is a function of the misfit, the number of parameters and the number of values; everything it needs is in
# a candidate. To make it a column of the table, put it into `crnsym/comparison/criteria.py`.


# %%
def hannan_quinn(candidate: cs.Candidate) -> float:
    n = candidate.count
    return n * np.log(candidate.chi2 / n) + 2 * candidate.n_parameters * np.log(np.log(n))


print({candidate.name: round(float(hannan_quinn(candidate)), 1) for candidate in found})

# %% [markdown]
# ## Figures of your own
#
# An answer is numbers: `found.rates.to_pandas()`, `candidate.course(run, times)`, and `rates=` for what would be.

# %%
times = np.linspace(0, 10, 100)
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for factor in (0.5, 1.0, 2.0):
    course = found[0].course(0, times, rates={"k2": factor * found[0].rates["k2"]})
    ax.plot(times, course[:, 1], label=f"{factor:g} × k2")
ax.plot(data.times[0], data.values[0][:, 1], "k.")
ax.set(xlabel="time", ylabel="B", title="what if the second step were faster?")
ax.legend()

# %% [markdown]
# ## Elsewhere
#
# * a file format: one module in `crnsym/formats/` with `read` and `write`, and a line in its table of suffixes
# * a strategy of the search: one file in `crnsym/search/strategies/` and a line in its order of the work
# * another engine: anything that is a `concurrent.futures.Executor`
