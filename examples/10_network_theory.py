# %% [markdown]
# # Network theory
#
# Much can be said of a network before anything is simulated, exactly, in symbols.

# %%
import matplotlib.pyplot as plt
import numpy as np

import crnsym as cs

enzyme = cs.network("E + S <-> ES @ k1, k_1; ES -> E + P @ k2")
enzyme

# %% [markdown]
# ## Conservation, complexes, deficiency

# %%
print(enzyme.conservation_laws(semipositive=True))
structure = enzyme.structure
print("complexes", len(structure.complexes), "- deficiency", structure.deficiency)
print("siphons", cs.siphons(enzyme))

# %% [markdown]
# The deficiency zero theorem: a weakly reversible network of deficiency zero has one steady state in each class, for
# all rates, and it attracts. The theorem tells what it needs and what follows.

# %%
triangle = cs.network("A <-> B @ 1, 2; B <-> C @ 3, 1; C <-> A @ 1, 1")
print(cs.deficiency_zero(triangle))
print("complex balanced:", cs.is_complex_balanced(triangle), "- detailed balanced:", cs.is_detailed_balanced(triangle))

# %% [markdown]
# ## Steady states
#
# Schlögl's network has three of them in a range of rates: two that attract, and one between that does not.

# %%
schlogl = cs.network("2 X <-> 3 X @ 3, 1; 0 <-> X @ feed, 2.75; param feed = 0.75")
for state in schlogl.steady_states():
    print(state)

# %%
feeds = np.linspace(0.6, 0.9, 31)
points = [
    (feed, float(state.concentrations["X"]), state.stable)
    for feed in feeds
    for state in schlogl.with_parameters(feed=round(float(feed), 4)).steady_states()
]
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for stable, style in ((True, "o"), (False, "x")):
    axes[0].plot(
        *zip(*[(f, x) for f, x, s in points if s is stable], strict=True),
        style,
        ms=3,
        label="stable" if stable else "unstable",
    )
axes[0].set(xlabel="feed", ylabel="X at rest")
axes[0].legend()
for start in (0.2, 0.8, 1.2, 2.0):
    run = cs.simulate(schlogl, (0, 12, 80), initial={"X": start})
    axes[1].plot(run.times[0], run.values[0][:, 0])
axes[1].set(xlabel="time", ylabel="X", title="where a start leads")

# %% [markdown]
# ## The same equations from other reactions
#
# `realisations` finds the network over given complexes with the fewest or the most reactions of all that have the same
# rate equations; `core_reactions` finds what they share, `linearly_conjugate` those that are equal up to units.

# %%
pairs = cs.network("A -> 2 B @ 1; A -> 2 C @ 1")
for kind in ("sparse", "dense"):
    print(f"{kind}:", cs.realisations(pairs, kind, ["A", "2 B", "2 C", "B + C"]), sep="\n", end="\n\n")

# %% [markdown]
# ## Few molecules
#
# With few molecules concentrations are not enough. The master equation is the whole truth where it is small, moment
# equations are a good part of it where it is not.

# %%
few = cs.network("0 -> M @ 4; M -> 0 @ 1; M -> M + P @ 2; P -> 0 @ 1; init M = 0, P = 0")
moments = cs.simulate_moments(cs.moment_equations(few).close("normal"), (0, 8, 41))
runs = cs.simulate_stochastic(few, (0, 8, 41), runs=200, seed=1)
figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for i, name in enumerate(few.species_names):
    ax.plot(runs.times, runs.counts[:5, :, i].T, color=f"C{i}", lw=0.5, alpha=0.5)
    mean, sd = moments.mean()[:, i], moments.sd()[:, i]
    ax.fill_between(moments.times, mean - sd, mean + sd, color=f"C{i}", alpha=0.2, lw=0)
    ax.plot(moments.times, mean, color=f"C{i}", label=name)
ax.set(xlabel="time", ylabel="molecules")
ax.legend()
