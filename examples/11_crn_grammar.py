# %% [markdown]
# # The `.crn` grammar
#
# Networks are written as text, a reaction a line. The same text stands in a string, in a `.crn` file, and in the
# options `--known`, `--library` and `--excluded` of the commands.

# %%
from pathlib import Path

import matplotlib.pyplot as plt

import crnsym as cs

net = cs.network("""
    # a comment; statements stand on lines, or between semicolons
    species A {C2H4O}, D {C4H8O2}         # formulas, for the balance of elements
    dimerise: 2 A <-> D     @ kf, kr      # a name, and two rates for a reversible step
    D + E -> D + F          @ 0.5         # a catalyst stands on both sides
    F -> 0                                # no rate given: a parameter k1
    0 -> E                  @ feed        # 0 is nothing: matter that comes or goes
    F <- A + C              @ 1/3         # numbers are exact
    S -> P                  @= Vmax*S/(Km + S)          # @= gives the whole rate
    P -> Q                  @= mm(P, Vmax, Km)          # the named laws: mm, revmm, hill, hillr
    Q -> S                  @ arrhenius(1e6, 50000, T)  # mass action with an activation energy in J/mol
    param kf = 0.3, kr = 0.02, feed = 0.1, Vmax = 1, Km = 0.4, T = 330
    init A = 1, S = 2, E = 0.5, C = 1
    const C                               # held at its start, like a solvent
    obs signal = A + 2*D                  # what an instrument sees
""")
net

# %% [markdown]
# | written | means |
# |---|---|
# | `A + B -> C @ k` | mass action: the rate is k [A][B] |
# | `2 A -> B @ k` | the rate is k [A]², without a factor 1/2; `combinatoric=True` reads the other convention |
# | `A <-> B @ kf, kr` | two reactions |
# | `A -> B @= expression` | the expression is the rate |
# | `0`, `∅`, nothing | the empty complex |
# | `param`, `init`, `species`, `const`, `boundary`, `obs` | values, starts, formulas, what is held, what is seen |
#
# ## Units
#
# They stand in brackets, and are checked.

# %%
units = cs.network("A + B -> C @ k; param k = 0.2 [L/mol/s]; init A = 1 [mol/L], B = 0.5 [mol/L]")
print(cs.check_units(units) or "the units agree")

# %% [markdown]
# ## Mistakes
#
# The message shows the line, a caret, and the nearest name.

# %%
try:
    cs.network("A -> B @ k1\nparam k2 = 3\nobs y = A + Bb", strict=True)
except cs.CrnsymError as error:
    print(error)

# %% [markdown]
# ## Text and back, and other formats
#
# `print(net)` is text that reads back to the same network. The suffix of a file chooses its format.

# %%
assert cs.network(str(units)) == units
for suffix in ("crn", "xml", "json", "tex", "dot"):
    cs.write(units, f"model.{suffix}")
print(Path("model.tex").read_text(encoding="utf-8")[-420:])

# %%
course = cs.simulate(net.with_parameters(k1=0.2), (0, 12, 100))
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(course.times[0], course.values[0], label=course.species)
ax.set(xlabel="time", ylabel="concentration")
ax.legend(ncols=8, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))
