# %% [markdown]
# # A first hour
#
# You have a table of concentrations against time and want to know which reactions made it. No mechanism needs to be
# known, and no option needs to be set.
#
# With the mouse all of this page is `crnsym studio kinetics.csv`; in a terminal it is
# `crnsym discover kinetics.csv --out answer`. Here it is in Python, step by step.

# %% [markdown]
# ## The table
#
# One column of times, one a species, and a label where there are several runs; units stand in the header. This one is
# made here, from a mechanism that we then pretend not to know: a dimer forms and falls apart, and slowly becomes C.

# %%
import matplotlib.pyplot as plt

import crnsym as cs

secret = cs.network("2 A <-> B @ 0.4, 0.1; B -> C @ 0.15")
starts = [{"A": 2.0, "B": 0.0, "C": 0.0}, {"A": 0.6, "B": 0.8, "C": 0.0}]
measured = cs.simulate(secret, (0, 12, 25), initial=starts, noise=0.02, seed=3)
cs.write_table(measured, "kinetics.csv")

# %% [markdown]
# ## Look before you search
#
# `read_table` says what it assumed. Nothing to remark is a good sign.

# %%
data = cs.read_table("kinetics.csv")
print(len(data), "runs of", data.species, "-", data.count, "values")
print(*data.remarks, sep="\n")

# %% [markdown]
# ## Search
#
# The answer is a table of mechanisms, best first, and a verdict in plain words. The weight is the probability of a
# mechanism among those listed.

# %%
found = cs.discover(data, seed=0)
found

# %%
best = found[0]
print(best.network)
for name, value in best.rates.items():
    print(f"{name} = {value:.4g} ± {best.standard_errors[name]:.1g}")

# %% [markdown]
# ## Look at it
#
# Curves through points are the first thing to see; the second is what they leave. Residuals that wander in waves mean
# that something is missing, a cloud between the lines at ± 2 means that nothing is.

# %%
figure, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained", width_ratios=(1.2, 1, 1))
cs.draw_mechanism(axes[0], best)
cs.plot_run(axes[1], found, best, run=0)
cs.plot_residual(axes[2], found, best, "B")
axes[1].set(xlabel="time", ylabel="concentration")
axes[1].legend(fontsize=8)
figure.savefig("figure.png", dpi=130)

# %% [markdown]
# ## How sure is each reaction?
#
# The verdict is about reactions. *Certain* is a probability of 0.95 and more, *not needed* one of 0.05 and less; what
# lies between is open, and asks for another run.

# %%
for reaction, probability in found.inclusion.items():
    if probability > 0.01:
        print(f"{reaction:<12} {probability:.2f}")

# %% [markdown]
# ## Take it away
#
# The suffix chooses the format: SBML for a simulator, LaTeX for a paper. The report is one page with everything.

# %%
cs.write(best.network, "best.xml")
cs.write(best.network, "best.tex", standard_errors=dict(best.standard_errors))
cs.report(found, "report.html", title="A dimer that goes on")
assert set(best.reactions) == {"2 A -> B", "B -> 2 A", "B -> C"}
