"""``python -m tests.fuzz --cases 20000``: many cases of every kind, in a process that may die; counts by kind."""

import argparse
import os
from collections import Counter, defaultdict

from .case import FAILURES, OUTCOMES
from .kinds import KINDS
from .runner import Runner


def main() -> None:
    """Run, and print a table and the first failures."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="in all, spread over the kinds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default="", help="part of the names of the kinds to run")
    parser.add_argument("--first", type=int, default=0, help="number of the first case of each kind")
    parser.add_argument("--shown", type=int, default=3, help="failures shown a kind")
    options = parser.parse_args()
    names = [name for name in KINDS if options.kinds in name]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    slowest, memory, shown = defaultdict(float), defaultdict(float), Counter()
    runner = Runner()
    for name in names:
        for number in range(options.first, options.first + -(-options.cases // len(names))):
            found = runner.run(name, options.seed, number)
            counts[name][found.word] += 1
            slowest[name] = max(slowest[name], found.seconds)
            memory[name] = max(memory[name], found.memory)
            if found.word in FAILURES and shown[name] < options.shown:
                shown[name] += 1
                print(f"--- {name} {number}: {found.word}\n{found.why}", flush=True)
        print(_row(name, counts[name], slowest[name], memory[name]), flush=True)
    runner.stop()
    total = sum(counts.values(), Counter())
    print(_row("all", total, max(slowest.values()), max(memory.values())))
    os._exit(1 if any(total[word] for word in FAILURES) else 0)


def _row(name: str, count: Counter[str], seconds: float, memory: float) -> str:
    told = "  ".join(f"{word} {count[word]}" for word in OUTCOMES if count[word] or word in ("right", "refused"))
    return f"{name:<22} {sum(count.values()):>6} cases  {told}  slowest {seconds:.1f} s  memory {memory:.0f} MiB"


if __name__ == "__main__":
    main()
