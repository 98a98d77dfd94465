"""Tables as programs and documents write them, made by hand, with what a person reads in them.

Plotting and statistics programs, simulators, Markdown and LaTeX; comments behind other marks; times in words of other
languages; as in `tests.data.laboratory`.
"""
# ruff: noqa: E501

from tests.data.laboratory import AB, DECAY, HALF, H, R, Seen, one, rows, two

T, V = DECAY
CELLS = [(t, *v) for t, v in zip(T, V, strict=True)]
TABS = rows(sep="\t")
SOME_ERRORS = [[0.1, 0.01], [0.1, 0.02], [0.1, 0.02]]
THREE = {"0": ([0, 5, 9], [[1, 0], [0.6, 0.4], [0.3, 0.7]])}


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


def each(form: str) -> str:
    return "".join(form.format(*cells) for cells in CELLS)


TABLES = {
    "row names, the header one short": ('"time" "A" "B"\n' + "".join(
        f'"{i}" {t} {a} {b}\n' for i, (t, a, b) in enumerate(CELLS, 1)), one()),
    "a frame as printed": ("   time     A     B\n" + "".join(
        f"{i}  {t:5.1f}  {a:.2f}  {b:.2f}\n" for i, (t, a, b) in enumerate(CELLS)), one()),
    "kinds of columns below the names": (lines("time,A,B", "<dbl>,<dbl>,<dbl>") + R, one()),
    "a report of a simulator": ("# Time[s]\t[A][mmol/ml]\t[B][mmol/ml]\n" + TABS, one(units=("M", "M"), time_unit="s")),
    "long names, units, names in the third line": (
        lines("Time\tConcentration\tConcentration", "min\tmM\tmM", "\tA\tB") + TABS, one(units=("mM", "mM"), time_unit="min")),
    "names, units, comments": (
        lines("t\tA\tB", "min\tmM\tmM", "reaction time\tsubstrate\tproduct") + TABS, one(units=("mM", "mM"), time_unit="min")),
    "Markdown": (lines("| time (min) | A (mM) | B (mM) |", "|---|---|---|") + each("| {} | {} | {} |\n"),
        one(units=("mM", "mM"), time_unit="min")),
    "Markdown with its alignment": (lines("| time |    A |    B |", "|-----:|:----:|-----:|") + each("| {} | {} | {} |\n"), one()),
    "a drawn grid": (lines("+---+---+---+", "| time | A | B |", "+---+---+---+") + each("| {} | {} | {} |\n") + "+---+---+---+\n", one()),
    "LaTeX": (lines(r"\toprule", r"time & A & B \\", r"\hline") + each("{} & {} & ${}$ \\\\\n") + "\\bottomrule\n", one()),
    "LaTeX with errors": (lines(r"$t$ (s) & $c_{\mathrm{A}}$ (mM) \\ \midrule", r"0 & $1.0 \pm 0.1$ \\", r"5 & $0.6 \pm 0.1$ \\",
        r"9 & $0.3 \pm 0.1$ \\ \bottomrule"), Seen(("A",), {"0": ([0, 5, 9], [[1], [0.6], [0.3]])}, ("mM",), "s", errors=[[0.1]] * 3)),
    "two spectra side by side, times in each": (lines(
        "Sample 1,,Sample 2,", "Time (min),Abs,Time (min),Abs", "0,1,0,0.9", "5,0.61,5,0.5", "10,0.37,10,0.3"), Seen(("Abs",), {
            "Sample 1": ([0, 5, 10], [[1], [0.61], [0.37]]), "Sample 2": ([0, 5, 10], [[0.9], [0.5], [0.3]])}, time_unit="min")),
    "a virtual instrument": (lines("LabVIEW Measurement", "Writer_Version\t2", "Separator\tTab", "***End_of_Header***", "",
        "X_Value\tA\tB") + TABS, one()),
    "one value a row with sd": ("time,species,mean,sd\n0,A,1,.1\n0,B,0,.01\n5,A,.6,.1\n5,B,.4,.02\n9,A,.3,.1\n9,B,.7,.02\n",
        Seen(AB, THREE, errors=SOME_ERRORS)),
    "one value a row with units, sem and counts": (
        "time_h,analyte,mean_mM,sem_mM,n\n0,A,1,.1,3\n0,B,0,.01,3\n5,A,.6,.1,3\n5,B,.4,.02,3\n9,A,.3,.1,3\n9,B,.7,.02,3\n",
        Seen(AB, THREE, ("mM", "mM"), "h", errors=SOME_ERRORS)),
    "one value a row, conditions, one replicate": ("condition,replicate,time,compound,conc\n" + "".join(
        f"{c},1,{t},{s},{x}\n" for c, run in (("low", HALF), ("high", DECAY)) for t, (a, b) in zip(*run, strict=True)
        for s, x in (("A", a), ("B", b))), Seen(AB, {"low": HALF, "high": DECAY})),
    "times across behind runs and species": ("run,species,0,5,10,20\n" + "".join(
        f"{r},{s},{','.join(str(v[k]) for v in run[1])}\n" for r, run in (("1", DECAY), ("2", HALF)) for k, s in enumerate(AB)), two()),
    "repeats behind colons": ("Time (min),A:Y1,A:Y2\n0,1.0,1.02\n5,.6,.61\n9,.3,.31\n", Seen(("A",), {
        "1": ([0, 5, 9], [[1], [0.6], [0.3]]), "2": ([0, 5, 9], [[1.02], [0.61], [0.31]])}, time_unit="min",
        errors=[[0.02 / 2**0.5], [0.01 / 2**0.5], [0.01 / 2**0.5]])),
    "a column a run of one signal": ("time (min),Run 1,Run 2\n0,1,0.5\n5,0.6,0.3\n9,0.3,0.15\n", Seen(("signal",), {
        "1": ([0, 5, 9], [[1], [0.6], [0.3]]), "2": ([0, 5, 9], [[0.5], [0.3], [0.15]])}, time_unit="min")),
    "amounts weighed in beside": ("exp,A0 (mM),time (min),A (mM),B (mM)\n" + rows("1", "1.0") + rows("2", "0.5", data=HALF),
        two(units=("mM", "mM"), time_unit="min")),
    "stars before the header": (lines("* run 7", "* t A B") + rows(sep=" "), one()),
    "exclamation marks before the header": (lines("! kinetics", "! time A B") + rows(sep=" "), one()),
    "slashes before a title": ("// kinetics\ntime,A,B\n" + R, one()),
    "points for gaps": ("time,A,B\n0,1,.\n" + "".join(R.splitlines(keepends=True)[1:]), Seen(AB, {"0": (T, [[1, None], *V[1:]])})),
    "traces": ("time,A,B\n0,1,tr.\n" + "".join(R.splitlines(keepends=True)[1:]), Seen(AB, {"0": (T, [[1, None], *V[1:]])})),
    "hours as words in a column of samples": ("sample,A,B\n" + each("{}h,{},{}\n"), one(time_unit="h")),
    "T and a number": ("sample,A,B\n" + each("T{},{},{}\n"), one()),
    "Day and a number": ("Sample,A,B\n" + each("Day {},{},{}\n"), one(time_unit="d")),
    "seconds with fractions behind minutes": ("time,A\n0:00.0,1\n0:30.5,.6\n1:15.0,.3\n", Seen(("A",), {"0": (
        [0, 30.5, 75], [[1], [0.6], [0.3]])}, time_unit="s")),
    "seconds since 1970": ("unix_time,A\n1704189600,1\n1704189900,.6\n1704190200,.3\n", Seen(("A",), {"0": (
        [0, 300, 600], [[1], [0.6], [0.3]])}, time_unit="s")),
    "Russian": ("Время, мин;A;B\n" + rows(sep=";").replace(".", ","), one(time_unit="min")),
    "Japanese": ("時間 [s],A,B\n" + R, one(time_unit="s")),
    "two runs, a third line of blanks": ("run,time,A,B\n" + rows("1") + ",,,\n" + rows("2", data=HALF), two()),
    "powers of ten behind a slash": ("t/min,[A]/(10⁻³ mol/L),[B]/(10⁻³ mol/L)\n" + R, one(units=("mM", "mM"), time_unit="min")),
    "the same header again": ("time,A,B\n" + R + "time,A,B\n" + H, two()),
    "a new page with the same header": ("time,A,B\n" + "".join(R.splitlines(keepends=True)[:2]) + "time,A,B\n" + "".join(
        R.splitlines(keepends=True)[2:]), one()),
    "a plate reader by rows, cycles counted": (lines("Cycle Nr.,1,2,3,4", "Time [s],0,5,10,20", "Temp. [°C],25,25,25.1,25",
        "A1,1,0.61,0.37,0.14", "A2,0,0.39,0.63,0.86"), Seen(("A1", "A2"), {"0": DECAY}, time_unit="s", kelvin=(298.15,))),
    "a plate reader's temperature beside its wavelength": (lines("Time\tT° 405\tA1\tA2", "0:00:00\t25.0\t1\t0",
        "0:00:05\t25.0\t0.61\t0.39", "0:00:10\t25.0\t0.37\t0.63", "0:00:20\t25.0\t0.14\t0.86"),
        Seen(("A1", "A2"), {"0": DECAY}, time_unit="s", kelvin=(298.15,))),
    "averages and deviations of a pivot table": (
        "Row Labels,Average of A,StdDev of A,Average of B,StdDev of B\n0,1,.1,0,.01\n5,.6,.1,.4,.02\n9,.3,.1,.7,.02\n",
        Seen(AB, THREE, errors=SOME_ERRORS)),
    "differences beside": ("t,A,dA,B,dB\n0,1,.1,0,.01\n5,.6,.1,.4,.02\n9,.3,.1,.7,.02\n", Seen(AB, THREE, errors=SOME_ERRORS)),
    "CA and CB are no balances": ("t (h),CA (mol/L),CB (mol/L)\n" + R, Seen(("CA", "CB"), {"0": DECAY}, ("M", "M"), "h")),
    "concentrations at t": ("t (s),[A]t (M),[B]t (M)\n" + R, one(units=("M", "M"), time_unit="s")),
    "hours and minutes in words": ("time,A\n0h00,1\n0h30,.6\n1 h 30 min,.3\n", Seen(("A",), {"0": (
        [0, 30, 90], [[1], [0.6], [0.3]])}, time_unit="min")),
    "units above the names": (lines("min,mM,mM", "time,A,B") + R, one(units=("mM", "mM"), time_unit="min")),
    "units in round brackets below": (lines("Time,A,B", "(min),(mmol L-1),(mmol L-1)") + R, one(units=("mM", "mM"), time_unit="min")),
    "units in two cells": ("time,A\n0\u00a0min,1\u00a0mM\n5\u00a0min,0.6\u00a0mM\n9\u00a0min,0.3\u00a0mM\n", Seen(("A",), {"0": (
        [0, 5, 9], [[1], [0.6], [0.3]])}, ("mM",), "min")),
    "not sampled": ("time,A,B\n0,1,< LOQ (0.01)\n5,not sampled,0.39\n10,0.37,n/s\n20,0.14,0.86\n", Seen(AB, {"0": (
        T, [[1, None], [None, 0.39], [0.37, None], [0.14, 0.86]])})),
}  # fmt: skip
