# %% [markdown]
# # Indirect signals
#
# Columns need not be concentrations: a conductivity, an absorbance at many wavelengths, a conversion in percent. And a
# vessel need not be left alone. What a column is, and what was done, is told beside the table.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

import crnsym as cs

true = cs.network("A -> B @ 0.5; B -> C @ 0.2")
times = (0, 14, 29)

# %% [markdown]
# ## One signal of several species
#
# Capital letters are species, other names are coefficients that are found with their errors. What was put in is told by
# `starts`, as the signal alone does not show it.

# %%
full = cs.simulate(true, times, initial=[{"A": 1.0}, {"A": 0.5}])
rng = np.random.default_rng(0)
mixed = tuple((0.8 * v[:, [0]] + 2.0 * v[:, [1]] + 0.1) + 0.01 * rng.normal(size=(len(v), 1)) for v in full.values)
signal = replace(full, species=("absorbance",), values=mixed)
seen = cs.compare(
    [cs.network("A -> B; B -> C"), cs.network("A -> B; A -> C")],
    signal,
    names=["in a row", "side by side"],
    observables={"absorbance": "a*A + b*B + base"},
    initial={"A": 1.0},
    conditions={"0": {"A": 1.0}, "1": {"A": 0.5}},
)
print(seen)

# %% [markdown]
# Beware: where the coefficients are unknown, a fast step before a slow one gives the same signal as a slow one before a
# fast one. A rate that was measured otherwise (`rates=`), or one coefficient that is known (`fixed=`), decides.

# %% [markdown]
# ## Spectra
#
# A column a wavelength. `spectra` names the species that absorb; their pure spectra come out with the mechanism.
# `cs.discover(table, spectra=("A", "B", "C"))` searches behind them, too.

# %%
wavelengths = np.linspace(400, 600, 9)
pure = np.stack([np.exp(-(((wavelengths - centre) / 40) ** 2)) for centre in (430, 500, 560)])
absorbances = tuple(v @ pure + 0.003 * rng.normal(size=(len(v), len(wavelengths))) for v in full.values)
table = replace(
    full, species=tuple(f"{w:g} nm" for w in wavelengths), values=absorbances, wavelengths=tuple(wavelengths), units=()
)
ideas = [cs.network("A -> B; B -> C"), cs.network("A -> B; A -> C")]
told = {"spectra": ("A", "B", "C"), "starts": {"A": [1.0, 0.5]}}
found = cs.compare(ideas, table, names=["in a row", "side by side"], **told)
print(found.statement)
print(found[0].reactions)

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for row in absorbances[0][::4]:
    axes[0].plot(wavelengths, row, lw=1)
axes[0].set(title="measured", xlabel="wavelength [nm]", ylabel="absorbance")
for species in "ABC":
    values = [found[0].coefficients[f"{species} at {column}"][0] for column in found.data.species]
    axes[1].plot(wavelengths, values, "o-", ms=3, label=species)
for row in pure:
    axes[1].plot(wavelengths, row, "k:", lw=1)
axes[1].set(title="found, and true (dotted)", xlabel="wavelength [nm]")
axes[1].legend()

# %% [markdown]
# ## What was done to the vessel
#
# A feed, an addition, a sample withdrawn, a flow: an operation is a table beside the data, or made like this. Here B
# is fed for five minutes into a solution of A.

# %%
operation = cs.Operation(volume=1.0).feed(0, 5, flow=0.1, contents={"B": 6.0})
couple = cs.network("A + B -> C @ 0.8; init A = 1, B = 0, C = 0")
fed = cs.simulate(couple, times, operation=operation, noise=0.02, seed=1)
answer = cs.discover(fed, operation=operation, library=cs.network("A + B <-> C; A -> C; B -> C"), hidden=0, seed=0)
print(answer[0].network)

# %%
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
cs.plot_run(ax, answer, answer[0], run=0)
ax.axvspan(0, 5, color="0.9", zorder=0)
ax.annotate("feed of B", (0.3, 0.02), fontsize=8)
ax.set(xlabel="time", ylabel="concentration")
ax.legend(fontsize=8)
