"""The error of elementary networks over two decades of the tolerance: ``python -m tests.benchmarks.elementary``."""

import time

import numpy as np

from crnsym import check_elementary, elementary, network

NETWORKS = {
    "heterotrimer": "2 A + B -> C @ 0.4; init A = 1.2, B = 1",
    "homotrimer": "3 A -> B @ 0.5; B -> 3 A @ 0.1; init A = 1",
    "shared pair": "A + B + C -> P @ 0.6; A + B + D -> Q @ 0.3; P -> D @ 0.2; init A = 1, B = 0.8, C = 0.7, D = 0.5",
    "fourth order": "A + B + C + D -> P @ 0.5; P -> A + Q @ 0.1; init A = 1, B = 0.9, C = 0.8, D = 1.1",
    "two plus two": "2 A + 2 B -> C @ 0.5; 2 A + C -> D @ 0.2; D -> 2 A + C @ 0.1; init A = 1, B = 1.2",
}
TOLERANCES = (0.1, 0.0316, 0.01, 0.00316, 0.001)
TIMES = (0.0, 10.0, 41)


def main() -> None:
    print(f"{'network':14s}" + "".join(f"{t:>10.3g}" for t in TOLERANCES) + "   slope  bound holds  limit  estimate  s")
    for name, text in NETWORKS.items():
        start = time.perf_counter()
        source = network(text)
        compiled = [elementary(source, t) for t in TOLERANCES]
        checks = [check_elementary(c, TIMES) for c in compiled]
        errors = [c.error for c in checks]
        slope = np.polyfit(np.log(TOLERANCES), np.log(errors), 1)[0]
        holds = all(e <= c.error_bound(TIMES[1]) for e, c in zip(errors, compiled, strict=True))
        exact = all(c.limit() == source for c in compiled)
        ratio = checks[-1].estimate / checks[-1].error
        print(
            f"{name:14s}" + "".join(f"{e:10.2e}" for e in errors)
            + f"   {slope:5.3f}  {holds!s:11s}  {exact!s:5s}  {ratio:8.3f}  {time.perf_counter() - start:.0f}"
        )  # fmt: skip


if __name__ == "__main__":
    main()
