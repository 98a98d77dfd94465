# %% [markdown]
# # Second-order steps for a third-order reaction
#
# Data of 2 A + B -> C are offered to a network whose total orders are limited to two. It fails in a way that looks
# like success: parallel power laws, with orders in the ratio of the true ones.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

import crnsym as cs
from crnsym.rounding.intermediates import intermediates

true = cs.network("2 A + B -> C @ 0.4")
rng = np.random.default_rng(0)
starts = [{"A": float(a), "B": float(b)} for a, b in rng.uniform(0.5, 2.0, (6, 2))]
data = cs.simulate(true, times=(0, 10, 50), initial=starts, noise=0.02, seed=0)

capped = cs.train_crnn(data, reactions=2, form="tied", order_penalty=1.0, cap=2.2, restarts=1, epochs=120)[0]
print(np.round(capped.orders, 3))
print(np.round(capped.net_stoichiometry, 3))

# %% [markdown]
# The net vectors still have the true proportions, and so do the orders: what was found is one reaction of order three,
# held back by the limit.

# %%
(reading,) = intermediates(capped, np.mean(np.concatenate(data.values), axis=0))
print(*reading.evidence, sep="\n")

# %% [markdown]
# With an intermediate Z that nobody measured, elementary steps do it: 2 A <-> Z and B + Z -> C. The rates k1 and k-1
# have no finite best value, only k1 k2 / k-1 has. So they are sent to their limit, and the plain law comes
# first, because it needs one number instead of two.

# %%
ideas = [cs.network("2 A + B -> C"), cs.network("2 A <-> Z; B + Z -> C")]
found = cs.compare(ideas, data, names=["third order", "intermediate"])
print(found)
assert found[0].name == "third order"

# %% [markdown]
# Where the intermediate does hold back a part of A, the data tell: the module wins, and its rates have values.

# %%
module = cs.network("2 A <-> Z @ 2, 10 \n B + Z -> C @ 3")
full = cs.simulate(module, times=(0, 10, 50), initial=starts, noise=0.02, seed=0)
columns = [full.species.index(s) for s in "ABC"]
seen = replace(full, species=("A", "B", "C"), values=tuple(v[:, columns] for v in full.values))
answer = cs.compare(ideas, seen, names=["third order", "intermediate"])
print(answer)
assert answer[0].name == "intermediate"

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True, layout="constrained")
for ax, runs, network, title in (
    (axes[0], data, found[0].network, "third order"),
    (axes[1], seen, answer[0].network, "with an intermediate"),
):
    curve = cs.simulate(network, times=np.linspace(0, 10, 200), initial=starts[:1])
    for j, name in enumerate("ABC"):
        ax.plot(runs.times[0], runs.values[0][:, j], ".", color=f"C{j}")
        ax.plot(curve.times[0], curve.values[0][:, curve.species.index(name)], color=f"C{j}", label=name)
    ax.set(title=title, xlabel="time")
axes[0].set_ylabel("concentration")
axes[0].legend(frameon=False)
figure.savefig("third_order.png", dpi=120)
