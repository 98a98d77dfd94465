# %% [markdown]
# # From measurements to a mechanism
#
# A network is written as text, simulated with noise, and found again from the simulated measurements alone.

# %%
import crnsym as cs

true = cs.network("""
    2 A -> B       @ 0.4
    B <-> C        @ 0.6, 0.2
    A + C -> D     @ 0.3
""")
starts = [{"A": 2.0, "B": 0.1}, {"A": 1.0, "C": 0.8}, {"A": 0.5, "B": 1.2}, {"A": 1.5, "D": 0.2}, {"B": 1.0, "C": 0.1}]
data = cs.simulate(true, times=(0, 15, 60), initial=starts, noise=0.04, seed=1)

# %% [markdown]
# `discover` needs no options. It returns candidates in rank order, each with rates, standard errors and a weight, and
# says in plain words how far the data decide.

# %%
found = cs.discover(data, seed=0)
found

# %%
best = found[0]
print(best.network)
print(found.statement)

# %% [markdown]
# The same vector field as the truth, monomial by monomial, within 10 %?

# %%
assert best.network.dynamically_equivalent(true, tolerance=0.1)

# %% [markdown]
# Write it for a simulator, for a paper and for people. The suffix chooses the format.

# %%
cs.write(best.network, "best.xml")
cs.write(best.network, "best.tex", standard_errors=dict(best.standard_errors))
cs.report(found, "report.html", title="Dimerisation and capture")

# %% [markdown]
# Compare with another idea about the same data.

# %%
rival = cs.network("2 A -> B; B -> C; A + C -> D")
print(cs.compare([best.network, rival], data, names=["found", "irreversible"]))

# %% [markdown]
# Figures draw on the axes that come first, or on a figure of their own.

# %%
import matplotlib
from matplotlib.figure import Figure

from crnsym.report.drawing import draw_mechanism
from crnsym.report.figures import plot_run
from crnsym.report.style import SETTINGS

with matplotlib.rc_context(SETTINGS):
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    draw_mechanism(left, best.mechanism, list(best.rates))
    plot_run(middle, found, best, 0)
    plot_run(right, found, best, 2)
    middle.set_ylabel("concentration")
    for ax in (middle, right):
        ax.set_xlabel("time")
    right.legend(fontsize=9)
    figure.savefig("figure.png", dpi=130)
figure
