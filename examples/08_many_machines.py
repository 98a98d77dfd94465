# %% [markdown]
# # Many fits, many tables, many machines
#
# Everything that takes an `executor` fits in parallel, and gives the same table whoever does the work.

# %%
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib.pyplot as plt

import crnsym as cs

net = cs.network("A -> B @ 0.5; B -> C @ 0.2; init A = 1")
data = cs.simulate(net, (0, 12, 15), noise=0.02, seed=0)
quick = {"max_order": 1, "hidden": 0, "seed": 0}

# %% [markdown]
# ## A search that runs beside other work
#
# A job tells where it stands, can be awaited, and can be cancelled; what it has found by then is kept.

# %%
job = cs.start_discovery(data, **quick)
courses = [(event.seconds, event.best.chi2_per_value) for event in job if event.best is not None]
print(job.result()[0].reactions)

# %%
figure, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
ax.step(*zip(*courses, strict=True), where="post")
ax.set(xlabel="seconds", ylabel="squared misfit a value", yscale="log", title="the best mechanism so far")

# %% [markdown]
# ## Executors
#
# Any `concurrent.futures.Executor` will do. Processes of this machine are `cs.Workers(n)`; they survive the loss of one
# of them.
#
# ```python
# with cs.Workers(8) as workers:
#     found = cs.discover(data, executor=workers)
# ```
#
# A Dask cluster (extra `cluster`) is an executor as well, and with it a hundred machines are:
#
# ```python
# from distributed import Client
# found = cs.discover(data, executor=Client("tcp://head:8786").get_executor(pure=False, retries=2))
# ```
#
# In a terminal: `--workers 8`, or `--scheduler tcp://head:8786`.

# %%
with ThreadPoolExecutor(2) as threads:
    spread = cs.bootstrap(job.result()[0], runs=16, executor=threads)
alone = cs.bootstrap(job.result()[0], runs=16)
assert (spread.log_rates == alone.log_rates).all()

# %% [markdown]
# ## What is finished stays finished
#
# `Tasks` keeps each finished batch as a file. A second run with `resume=True` takes it from there; a third machine may
# do so, too. `crnsym discover ... --resume` is the same.

# %%
cs.bootstrap(job.result()[0], runs=16, executor=cs.Tasks(folder="finished"))
again = cs.Tasks(folder="finished", resume=True)
cs.bootstrap(job.result()[0], runs=16, executor=again)
print("batches taken from the folder:", again.reused)

# %% [markdown]
# ## A folder of tables
#
# Each table is searched by itself. One that cannot be used is a row that says why, and the others go on.

# %%
Path("tables").mkdir()
cs.write_table(data, "tables/monday.csv")
Path("tables/tuesday.csv").write_text("time,A\n0,lost\n", encoding="utf-8")
batch = cs.discover_batch("tables", "answers", **quick)
for row in batch.to_rows():
    print(row["table"], "|", row.get("problem") or f"{row['verdict']}: {row['reactions']}")
print(sorted(path.name for path in Path("answers").iterdir() if not path.name.startswith(".")))

# %% [markdown]
# ## An answer is a file
#
# Bit for bit, to be opened in another process, next year, or in the studio.

# %%
found = job.result()
found.save("found.json")
assert cs.load_discovery("found.json")[0].rates == found[0].rates

# %% [markdown]
# ## As an estimator
#
# By the conventions of scikit-learn, for those whose pipelines speak them.

# %%
finder = cs.NetworkFinder(**quick).fit(data)
print(finder.get_params()["max_order"], finder.predict(data).shape, round(finder.score(data), 4))
