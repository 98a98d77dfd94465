# %% [markdown]
# # Reading tables
#
# Tables come as laboratories write them. Whatever was assumed is a remark, `crnsym look FILE` shows it in a terminal,
# and what a table leaves open is said by an option.

# %%
from pathlib import Path

import matplotlib.pyplot as plt

import crnsym as cs

# %% [markdown]
# ## A German spreadsheet
#
# Semicolons, decimal commas, a title, units in a row of their own, a sample that was lost, and a remark in a cell.

# %%
Path("hydrolyse.csv").write_text(
    """Hydrolyse von Ester 3b, 25 °C
Zeit;Ester;Alkohol;Ansatz
min;mmol/L;mmol/L;
0;10,02;0,03;kalt
5;7,41;2,52;kalt
10;5,53;n.b.;kalt
20;2,98;6,96;kalt
40;0,91;9,12;kalt
0;9,95;0,01;warm
5;3,70;6,33;warm
10;1,36;8,61;warm
20;0,19;9,80;warm
40;0,02;9,97;warm
""",
    encoding="utf-8",
)
data, readings = cs.look("hydrolyse.csv")
for header, role, unit in readings[0].columns:
    print(f"{header:<18} {role:<10} {unit}")
print(*data.remarks, sep="\n")

# %% [markdown]
# The gap stays a gap, the labels are runs, and the units go with the data to the rate constants.

# %%
print(data.experiments, data.time_unit, data.units)
figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), sharey=True, layout="constrained")
for ax, (label, times, values) in zip(axes, data, strict=True):
    ax.plot(times, values, "o-", label=data.species)
    ax.set(title=label, xlabel=f"time [{data.time_unit}]")
axes[0].set_ylabel(f"concentration [{data.units[0]}]")
axes[0].legend()

# %% [markdown]
# ## One value a row
#
# Long tables, with a column that names what was measured, are read as they are.

# %%
rows = [(t, s, round(v, 3)) for t in (0, 1, 2, 4) for s, v in (("A", 2 * 0.6**t), ("B", 2 - 2 * 0.6**t))]
long = {"time [s]": [r[0] for r in rows], "substance": [r[1] for r in rows], "value [mM]": [r[2] for r in rows]}
print(cs.read_table(long).values[0])

# %% [markdown]
# ## Repeats and standard deviations
#
# Columns of standard deviations are the weights of a fit; repeated measurements at one time tell the noise.

# %%
weighted = cs.read_table({"t [s]": [0, 1, 2], "A": [1.0, 0.62, 0.37], "A sd": [0.01, 0.01, 0.02]})
print(weighted.errors[0].ravel())

# %% [markdown]
# ## What is refused
#
# What cannot be read is not guessed at: the message names the place, what was found there, and what to do.

# %%
for table in ({"time [min]": [0, 1, 1], "A": [1.0, "high", 0.4]}, {"A": [1.0, 0.6], "B": [0.0, 0.4]}):
    try:
        cs.read_table(table)
    except cs.CrnsymError as error:
        print(error)

# %% [markdown]
# ## Several files, sheets, frames
#
# `cs.read_table(["monday.csv", "tuesday.csv"])` makes each file a run; so do the sheets of a workbook (extra `excel`).
# A pandas or polars frame and a dict of columns are read like a file, and `to_pandas()` gives them back.
