# %% [markdown]
# # A service
#
# A program that takes tables over HTTP and gives answers, with the standard library alone: `POST /` starts a search and
# returns its number, `GET /1` tells how it stands or what was found, `DELETE /1` ends it.

# %%
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import NamedTemporaryFile

import crnsym as cs

JOBS: list[cs.DiscoveryJob] = []


class Service(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with NamedTemporaryFile(suffix=".csv") as table:
            table.write(body)
            table.flush()
            try:
                JOBS.append(cs.start_discovery(table.name, time_budget=120, max_order=1, hidden=0))
            except cs.CrnsymError as error:
                return self.answer(400, {"error": str(error)})
        self.answer(202, {"job": len(JOBS)})

    def do_GET(self) -> None:
        job = JOBS[int(self.path[1:]) - 1]
        if not job.done():
            return self.answer(200, {"stands": str(job.latest or "waiting")})
        found = job.result()
        self.answer(200, {"verdict": found.verdict, "says": found.statement, "rates": found.rates.to_rows()})

    def do_DELETE(self) -> None:
        self.answer(200, {"ended": JOBS[int(self.path[1:]) - 1].cancel()})

    def answer(self, code: int, body: dict) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()

# %% [markdown]
# Searches of several tables run side by side in one process; for more processors, hand `executor=cs.Workers(n)` to
# `start_discovery`. For a service that strangers reach, put the usual things around it: a limit of the size, a queue,
# somebody who asks for a password.
#
# ## A client

# %%
import time
from urllib.request import Request, urlopen

address = f"http://127.0.0.1:{server.server_port}"


def call(path: str, method: str = "GET", body: bytes | None = None) -> dict:
    with urlopen(Request(address + path, data=body, method=method)) as reply:
        return json.load(reply)


data = cs.simulate(cs.network("A -> B @ 0.5; B -> C @ 0.2; init A = 1"), (0, 12, 15), noise=0.02, seed=0)
cs.write_table(data, "runs.csv")
job = call("/", "POST", Path("runs.csv").read_bytes())["job"]
while "verdict" not in (told := call(f"/{job}")):
    time.sleep(0.1)
server.shutdown()
server.server_close()
print(told["verdict"], "-", told["says"])

# %%
import matplotlib.pyplot as plt

rows = [row for row in told["rates"] if row["rank"] == 1]
figure, ax = plt.subplots(figsize=(6, 1.8), layout="constrained")
ax.errorbar(
    [r["value"] for r in rows], range(len(rows)), xerr=[2 * r["standard_error"] for r in rows], fmt="o", capsize=3
)
ax.set_yticks(range(len(rows)), [r["reaction"] for r in rows])
ax.set(xlabel="rate constant, ± 2 standard errors", ylim=(-0.5, len(rows) - 0.5))
