"""Published mechanisms of real data against their rivals: ``python -m tests.benchmarks.compare_real [SHARED]``.

- alpha_pinene (Fuguitt & Hawkins 1947): the five steps of Hunter & MacGregor, the same with a dimerisation of second
  order, and each of further steps that would make it richer. Checked against the fits of ``real/FITS.md``, which have
  40 values with one standard deviation, from the first row as it stands.
- stat5_dimerisation (Boehm et al. 2014): three observables that are ratios of sums of eight hidden species, an input
  that decays; the full mechanism with its six parameters, one import rate for all dimers, homodimers only, and
  heterodimers only. Checked against the published likelihood and rates, with the published standard deviations and
  with deviations found here. No start values are given.

The mechanisms are the files in ``examples/mechanisms``; from the shell::

    crnsym compare examples/mechanisms/alpha_pinene/*.crn --data data.csv --noise absolute --starts measured --out OUT

Steps beyond the published ones are our own choice of what isomers could do; the stored sources do not list them. The
columns of alpha_pinene sum to about 100 in every row (Box et al. 1973), so that its 40 values carry less than 40
independent ones: differences between mechanisms count for less than they seem.
"""

import sys
import time
from pathlib import Path

import numpy as np

import crnsym as cs

SHARED = Path("../shared/data/real")
MECHANISMS = Path(__file__).parents[2] / "examples" / "mechanisms"
PUBLISHED_PINENE = {"k1": 5.93e-5, "k2": 2.96e-5, "k3": 2.05e-5, "k4": 2.75e-4, "k5": 4.00e-5}
SSE = {"published": 19.872, "second_order_dimer": 24.881}  # real/FITS.md

OBSERVABLES = {
    "pSTAT5A_rel": "(100*pApB + 200*spec*pApA)/(pApB + spec*A + 2*spec*pApA)",
    "pSTAT5B_rel": "(100*pApB + 200*(1 - spec)*pBpB)/(pApB + (1 - spec)*B + 2*(1 - spec)*pBpB)",
    "rSTAT5A_rel": "(100*pApB + 100*spec*A + 200*spec*pApA)"
    "/(2*pApB + spec*A + 2*spec*pApA + (1 - spec)*B + 2*(1 - spec)*pBpB)",
}
DEVIATIONS = {"pSTAT5A_rel": 3.8526, "pSTAT5B_rel": 6.5915, "rSTAT5A_rel": 3.1527}
PUBLISHED_STAT5 = {
    "k_phos": 15766.5, "k_imp_hetero": 0.016368, "k_exp_homo": 0.0061702, "Epo_degradation": 0.0269825,
}  # fmt: skip
LIKELIHOOD = -138.222  # of the published parameters


def pinene(shared: Path) -> None:
    """Compare the mechanisms of alpha-pinene."""
    data = cs.read_table(shared / "alpha_pinene" / "data.csv")
    found = _compared("alpha_pinene", "alpha_pinene", data, noise="absolute", starts="measured")
    by_name = {c.name: c for c in found}
    for name, expected in SSE.items():
        sse = by_name[name].chi2 * found.noise.absolute[0] ** 2
        print(f"  {name}: sum of squares {sse:.3f}, FITS.md {expected:.3f} ({100 * (sse / expected - 1):+.2f} %)")
    gap = by_name["second_order_dimer"].bic - by_name["published"].bic
    print(f"  BIC of the second-order dimer - published: {gap:.2f}, FITS.md 9.0")
    for name, value in PUBLISHED_PINENE.items():
        rate = by_name["published"].rates[name]
        print(f"  {name} {rate:.4g}, published {value:.3g} ({100 * (rate / value - 1):+.1f} %)")


def stat5(shared: Path) -> None:
    """Compare the mechanisms of STAT5."""
    data = cs.read_table(shared / "stat5_dimerisation" / "data.csv")
    for noise in (DEVIATIONS, "fitted"):
        title = "stat5_dimerisation, published deviations" if noise is DEVIATIONS else "the same, deviations fitted"
        found = _compared(title, "stat5", data, noise=noise, observables=OBSERVABLES, fixed={"spec": 0.107})
        full = next(c for c in found if c.name == "full")
        print(f"  log likelihood of the full mechanism {full.log_likelihood:.3f}, published {LIKELIHOOD}")
        print("  deviations", ", ".join(f"{v:.4g}" for v in found.noise.absolute), "published 3.853, 6.592, 3.153")
        for name, value in PUBLISHED_STAT5.items():
            rate = full.rates[name]
            print(f"  {name} {rate:.5g}, published {value:.5g} ({100 * (rate / value - 1):+.2f} %)")
        print(f"  k_imp_homo > {full.bounds.get('k_imp_homo', np.nan):.3g} (published 97749, not identifiable)")
        print(f"  k_exp_hetero < {full.ceilings.get('k_exp_hetero', np.nan):.3g} (published at its bound 1e-5)")


def _compared(title: str, folder: str, data: cs.Trajectories, **told):
    models = sorted((MECHANISMS / folder).glob("*.crn"))
    networks = [cs.read(path) for path in models]
    begin = time.process_time()
    found = cs.compare(networks, data, names=[path.stem for path in models], **told)
    print(f"\n{title}: {len(models)} mechanisms in {time.process_time() - begin:.1f} s of processor time")
    print(found.statement)
    print(f"  {'mechanism':<20} {'params':>6} {'ln L':>9} {'BIC':>8} {'dBIC':>7} {'weight':>7} {'chi2/N':>7} {'s':>5}")
    for c in found:
        print(
            f"  {c.name:<20} {c.n_parameters:>6} {c.log_likelihood:>9.3f} {c.bic:>8.2f} {c.bic - found[0].bic:>7.2f} "
            f"{c.weight:>7.3f} {c.reduced:>7.3f} {c.seconds:>5.1f}"
        )
    for remark in found.remarks:
        print(f"  Note: {remark}")
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    pinene(folder)
    stat5(folder)
