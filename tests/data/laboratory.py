"""Tables as laboratories have them, made by hand, with what a person reads in them.

Each case: text of the file, and what is in it: species, runs {label: (times, rows of values)}, and, where it is said,
units, the unit of time, temperatures in kelvin, errors of the first run. Gaps are None.
"""
# ruff: noqa: E501

from dataclasses import dataclass, field

DECAY = ([0, 5, 10, 20], [[1.0, 0.0], [0.61, 0.39], [0.37, 0.63], [0.14, 0.86]])
HALF = ([0, 5, 10, 20], [[0.5, 0.0], [0.3, 0.2], [0.18, 0.32], [0.07, 0.43]])
AB = ("A", "B")


@dataclass
class Seen:
    """What a person reads."""

    species: tuple[str, ...]
    runs: dict
    units: tuple[str, ...] = ()
    time_unit: str = ""
    kelvin: tuple[float, ...] | None = None
    errors: list | None = None
    options: dict = field(default_factory=dict)


def one(**more) -> Seen:
    return Seen(AB, {"0": DECAY}, **more)


def two(first="1", second="2", **more) -> Seen:
    return Seen(AB, {first: DECAY, second: HALF}, **more)


def rows(*columns, sep=",", data=DECAY, form="{:g}") -> str:
    times, values = data
    return "".join(
        sep.join([*columns, *(form.format(x) for x in (t, *v))]) + "\n" for t, v in zip(times, values, strict=True)
    )


R, H = rows(), rows(data=HALF)
TABLES = {
    "a unit behind a slash": ("Time / s,A / mM,B / mM\n" + R, one(units=("mM", "mM"), time_unit="s")),
    "a slash without a blank": ("Time /s,[A]/mM,[B]/mM\n" + R, one(units=("mM", "mM"), time_unit="s")),
    "hours as a name": ("hr,A,B\n" + R, one(time_unit="h")),
    "a residence time": ("Residence time (min),A,B\n" + R, one(time_unit="min")),
    "tau with its unit": ("tau [s],A,B\n" + R, one(time_unit="s")),
    "a Greek letter": ("τ / min,A,B\n" + R, one(time_unit="min")),
    "reaction time in another order": ("A,B,Reaction time [h]\n" + "".join(
        f"{a:g},{b:g},{t}\n" for t, (a, b) in zip(*DECAY, strict=True)), one(time_unit="h")),
    "a German export": (
        "Zeit [min];A [mmol/L];B [mmol/L]\n" + rows(sep=";").replace(".", ","),
        one(units=("mM", "mM"), time_unit="min"),
    ),
    "a French export": ("Temps (min);A;B\n" + rows(sep=";").replace(".", ","), one(time_unit="min")),
    "a Spanish name": ("Tiempo (s)\tA\tB\n" + rows(sep="\t"), one(time_unit="s")),
    "a saved index of times": (",A,B\n" + R, one()),
    "a saved index that counts": (",time,A,B\n" + "".join(
        f"{i},{line}\n" for i, line in enumerate(R.split())), one()),
    "an index called index": ("index,A,B\n" + R, one()),
    "blanks between": ("t A B\n" + rows(sep=" "), one()),
    "aligned with blanks": (
        "  time (s)     A (mM)    B (mM)\n" + rows(sep="      ", form="{:8.3f}"), one(units=("mM", "mM"), time_unit="s")),
    "a header in a comment": ("# time A B\n" + rows(sep=" ", form="{:.6e}"), one()),
    "a header behind per cent signs": ("% exported\n% t, A, B\n" + R, one()),
    "commas with tabs behind them": ("time,A,B\n" + R.replace(",", ", \t"), one()),
    "bars between": ("time|A|B\n" + rows(sep="|"), one()),
    "a title row": ("Hydrolysis of the ester, 25 C\ntime,A,B\n" + R, one()),
    "titles and facts above": (
        "Sample:,X12,\nOperator:,N. N.,\n\nTime (min),A (mM),B (mM)\n" + R, one(units=("mM", "mM"), time_unit="min")),
    "a units row": ("t,A,B\nmin,mM,mM\n" + R, one(units=("mM", "mM"), time_unit="min")),
    "a units row in brackets": ("t,A,B\n[s],[g/L],[g/L]\n" + R, one(units=("g/L", "g/L"), time_unit="s")),
    "units behind commas": ('"Time, min","A, mM","B, mM"\n' + R, one(units=("mM", "mM"), time_unit="min")),
    "units behind underscores": ("time_min,A_mM,B_mM\n" + R, one(units=("mM", "mM"), time_unit="min")),
    "superscripts": ("t / h,A / mol·L⁻¹,B / mol·L⁻¹\n" + R, one(units=("M", "M"), time_unit="h")),
    "concentrations in brackets": ("t (s),[A] (µM),[B] (µM)\n" + R, one(units=("uM", "uM"), time_unit="s")),
    "c of A": ("t/s,c(A)/mM,c(B)/mM\n" + R, one(units=("mM", "mM"), time_unit="s")),
    "two units": ("t (s),A (mM),B (µM)\n" + "".join(
        f"{t},{a:g},{1000 * b:g}\n" for t, (a, b) in zip(*DECAY, strict=True)), one(units=("mM", "mM"), time_unit="s")),
    "areas": ("time,A [area],B [area]\n" + R, one(units=("area", "area"))),
    "per cent": ("time (min),A (%),B (%)\n" + R, one(units=("%", "%"), time_unit="min")),
    "runs in a column": ("run,time,A,B\n" + rows("1") + rows("2", data=HALF), two()),
    "experiments by name": ("Exp. No.,t,A,B\n" + rows("I") + rows("II", data=HALF), two("I", "II")),
    "labels filled in once": (
        "Run,time,A,B\n" + (rows("a") + rows("b", data=HALF)).replace("a,5", ",5").replace("a,10", ",10").replace(
            "a,20", ",20").replace("b,5", ",5").replace("b,10", ",10").replace("b,20", ",20"), two("a", "b")),
    "a column of catalysts": ("catalyst,time,A,B\n" + rows("Pd/C") + rows("Pt", data=HALF), two("Pd/C", "Pt")),
    "times that start again": ("time,A,B\n" + R + H, two()),
    "blocks under titles": ("Run 7,,\ntime,A,B\n" + R + ",,\nRun 8,,\ntime,A,B\n" + H, two("Run 7", "Run 8")),
    "blocks under titles, one header": ("time,A,B\nRun 7,,\n" + R + "Run 8,,\n" + H, two("Run 7", "Run 8")),
    "blocks without titles": ("time,A,B\n" + R + "\ntime,A,B\n" + H, two()),
    "tables side by side": (
        "Run 1,,,,Run 2,,\ntime,A,B,,time,A,B\n"
        + "".join(f"{a},,{b}\n" for a, b in zip(R.split(), H.split(), strict=True)), two("Run 1", "Run 2")),
    "a time for each species": ("t_A,A,t_B,B\n0,1,0,0\n5,0.61,6,0.4\n10,0.37,20,0.86\n", Seen(AB, {"0": (
        [0, 5, 6, 10, 20], [[1, 0], [0.61, None], [None, 0.4], [0.37, None], [None, 0.86]])})),
    "one value a row": ("time,compound,value\n" + "".join(
        f"{t},A,{a:g}\n{t},B,{b:g}\n" for t, (a, b) in zip(*DECAY, strict=True)), one()),
    "one value a row, runs and a unit": ("sample,time [h],analyte,concentration [mM]\n" + "".join(
        f"s{k},{t},A,{a:g}\ns{k},{t},B,{b:g}\n" for k, run in ((1, DECAY), (2, HALF)) for t, (a, b) in zip(*run, strict=True)),
        two("s1", "s2", units=("mM", "mM"), time_unit="h")),
    "one value a row, no header": ("".join(
        f"{t} A {a:g}\n{t} B {b:g}\n" for t, (a, b) in zip(*DECAY, strict=True)), one()),
    "times across": ("time," + ",".join(map(str, DECAY[0])) + "\n" + "".join(
        f"{n},{','.join(f'{v[k]:g}' for v in DECAY[1])}\n" for k, n in enumerate(AB)), one()),
    "newest first": ("time,A,B\n" + "".join(reversed(R.splitlines(keepends=True))), one()),
    "sorted as text": ("time,A,B\n" + "".join(sorted(R.splitlines(keepends=True))), one()),
    "compounds by number": ("time (s),2,1\n" + R, Seen(("2", "1"), {"0": DECAY}, time_unit="s")),
    "compounds by number and letter": ("time (s),1a,2a\n" + R, Seen(("1a", "2a"), {"0": DECAY}, time_unit="s")),
    "errors beside": ("time,A,sd A,B,sd B\n0,1,.1,0,.01\n5,.6,.1,.4,.02\n9,.3,.1,.7,.02\n", Seen(AB, {"0": (
        [0, 5, 9], [[1, 0], [0.6, 0.4], [0.3, 0.7]])}, errors=[[0.1, 0.01], [0.1, 0.02], [0.1, 0.02]])),
    "plus minus columns": ("time,A,±,B,±\n0,1,.1,0,.01\n5,.6,.1,.4,.02\n9,.3,.1,.7,.02\n", Seen(AB, {"0": (
        [0, 5, 9], [[1, 0], [0.6, 0.4], [0.3, 0.7]])}, errors=[[0.1, 0.01], [0.1, 0.02], [0.1, 0.02]])),
    "errors in the cells": ("time,A,B\n0,1.0±0.1,0\n5,0.6±0.1,0.40 ± 0.02\n9,0.3±0.1,0.70 ± 0.02\n", Seen(AB, {"0": (
        [0, 5, 9], [[1, 0], [0.6, 0.4], [0.3, 0.7]])}, errors=[[0.1, None], [0.1, 0.02], [0.1, 0.02]])),
    "errors of the last digit": ("time,A\n0,1.00(5)\n5,0.62(4)\n9,0.31(4)\n", Seen(("A",), {"0": (
        [0, 5, 9], [[1], [0.62], [0.31]])}, errors=[[0.05], [0.04], [0.04]])),
    "variation in per cent": ("time,A,A CV%\n0,1,10\n5,.6,10\n9,.3,20\n", Seen(("A",), {"0": (
        [0, 5, 9], [[1], [0.6], [0.3]])}, errors=[[0.1], [0.06], [0.06]])),
    "marks and values below detection": ("time,A,B\n0,1.0,<0.05\n5,0.61*,0.39\n10,~0.37,0.63\n20,0.14,n.d.\n", Seen(AB, {
        "0": (DECAY[0], [[1, None], [0.61, 0.39], [0.37, 0.63], [0.14, None]])})),
    "units in the cells": ("time,A,B\n" + "".join(
        f"{t} min,{a:g} mM,{b:g} mM\n" for t, (a, b) in zip(*DECAY, strict=True)), one(units=("mM", "mM"), time_unit="min")),
    "a minus of typographers": ("time,A,B\n" + R.replace("0,1,0", "0,1,−0.01"), Seen(AB, {"0": (
        DECAY[0], [[1, -0.01], *DECAY[1][1:]])})),
    "powers of ten": ("time,A,B\n0,1.0×10⁻³,0\n5,6.1 x 10^-4,3.9E-4\n10,3.7·10-4,6.3e-4\n", Seen(AB, {"0": (
        [0, 5, 10], [[1e-3, 0], [6.1e-4, 3.9e-4], [3.7e-4, 6.3e-4]])})),
    "temperature in Celsius": ("run,temp (°C),time,A,B\n" + rows("1", "25") + rows("2", "40", data=HALF),
        two(kelvin=(298.15, 313.15))),
    "temperature in Fahrenheit labels the runs": ("T / °F,time,A,B\n" + rows("77") + rows("95", data=HALF),
        two("77", "95", kelvin=(298.15, 308.15))),
    "temperature in kelvin, drifting": ("time,T (K),A,B\n" + "".join(
        f"{t},{298 + 0.1 * k:g},{a:g},{b:g}\n" for k, (t, (a, b)) in enumerate(zip(*DECAY, strict=True))),
        one(kelvin=(298.15,))),
    "times of day": ("Uhrzeit;A;B\n" + "".join(
        f"08:{15 + t}:00;{a:g};{b:g}\n" for t, (a, b) in zip(*DECAY, strict=True)), Seen(AB, {"0": (
            [60 * t for t in DECAY[0]], DECAY[1])}, time_unit="s")),
    "dates with names of months": ("date,A\n1 Mar 2024 10:00,1\n1 Mar 2024 22:00,0.6\n2 Mar 2024 10:00,0.3\n", Seen(
        ("A",), {"0": ([0, 43200, 86400], [[1], [0.6], [0.3]])}, time_unit="s")),
    "minutes and seconds": ("time (mm:ss),A\n0:00,1\n0:30,0.6\n1:15,0.3\n", Seen(("A",), {"0": (
        [0, 30, 75], [[1], [0.6], [0.3]])}, time_unit="s")),
    "a note and a pH": ("time,A,B,pH,comment\n" + "".join(
        f"{line},7.0,{note}\n" for line, note in zip(R.split(), ("", "clear", "", "yellow"), strict=True)), one()),
    "a mean row at the end": ("time,A,B\n" + R + "mean,0.53,0.47\n", one()),
    "a footnote": ("time,A,B\n" + R + "* measured by HPLC\n", one()),
    "thousands": ('time;A;B\n0;1.000.000;0\n5;610.000;390.000\n9;370.000;630.000\n', Seen(AB, {"0": (
        [0, 5, 9], [[1e6, 0], [6.1e5, 3.9e5], [3.7e5, 6.3e5]])})),
    "repeats at one time": ("time,A,B\n0,1.01,0\n0,0.99,0\n5,0.62,0.39\n5,0.60,0.39\n9,0.37,0.63\n", Seen(AB, {"0": (
        [0, 5, 9], [[1, 0], [0.61, 0.39], [0.37, 0.63]])}, errors=[[0.01, 0], [0.01, 0], [None, None]])),
    "elements that look like errors": ("time,Cd,Se,CdSe\n0,1,1,0\n5,.6,.6,.4\n9,.4,.4,.6\n", Seen(("Cd", "Se", "CdSe"), {
        "0": ([0, 5, 9], [[1, 1, 0], [0.6, 0.6, 0.4], [0.4, 0.4, 0.6]])})),
    "formulas with brackets": ("time,Na[BH4],Na[B(OH)4]\n" + R, Seen(("Na[BH4]", "Na[B(OH)4]"), {"0": DECAY})),
    "states of matter": ("time (s),H2O (l),CO2 (g),Na+ (aq)\n0,5,0,1\n1,4,1,1\n2,3,2,1\n", Seen(
        ("H2O (l)", "CO2 (g)", "Na+ (aq)"), {"0": ([0, 1, 2], [[5, 0, 1], [4, 1, 1], [3, 2, 1]])}, time_unit="s")),
    "a named x": ("x,A,B\n" + R, one(time_unit="min", options={"time": "x [min]"})),
    "a species at two temperatures side by side": ("time,A 25 °C,A 35 °C\n0,1,1\n5,.6,.3\n9,.3,.1\n", Seen(("A",), {
        "25 °C": ([0, 5, 9], [[1], [0.6], [0.3]]), "35 °C": ([0, 5, 9], [[1], [0.3], [0.1]])}, kelvin=(298.15, 308.15))),
    "runs named before species": ("time,run1 A,run1 B,run2 A,run2 B\n" + "".join(
        f"{t},{a:g},{b:g},{c:g},{d:g}\n" for t, (a, b), (c, d) in zip(*DECAY, HALF[1], strict=True)), two()),
    "a heading with the unit": (",Concentration (mM),\nTime (min),A,B\n" + R, one(units=("mM", "mM"), time_unit="min")),
    "a power of ten before the name": ("t/s,10^3 c(A)/M,10^3 c(B)/M\n" + R, one(units=("mM", "mM"), time_unit="s")),
    "injections counted": ("Injection,Time (min),A,B\n" + "".join(
        f"{i},{line}\n" for i, line in enumerate(R.split(), 1)), one(time_unit="min")),
    "facts above tabs": ("Date: 2024-01-02\nTemperature: 25 C\n\nTime/s\tA\tB\n" + rows(sep="\t"), one(time_unit="s")),
    "counts with thousands in quotes": ('Time (s),A (counts)\n0,"12,345"\n10,"9,876"\n20,950\n', Seen(("A",), {"0": (
        [0, 10, 20], [[12345], [9876], [950]])}, ("counts",), "s")),
    "days without a name for time": ("days,A,B\n" + R, one(time_unit="d")),
    "a quoted table with CRLF": ('"time","A","B"\r\n' + "".join(
        ",".join(f'"{x}"' for x in line.split(",")) + "\r\n" for line in R.split()), one()),
}  # fmt: skip
