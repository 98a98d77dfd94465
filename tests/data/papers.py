"""Tables as papers, notebooks and programs have them, with what a person reads in them; see `tests.data.laboratory`."""
# ruff: noqa: E501

from tests.data.laboratory import AB, DECAY, HALF, H, R, Seen, one, rows, two

ERRORS = [[0.02, 0.02]] * 4
WITH_ERRORS = "".join(f"{t},{a:g},{b:g},0.02,0.02\n" for t, (a, b) in zip(*DECAY, strict=True))
WAVES = Seen(
    ("350 nm", "400 nm", "450 nm"), {"0": ([0, 5, 10], [[1, 0, 2], [0.8, 0.2, 1], [0.6, 0.4, 0.5]])}, time_unit="s"
)
ONE = (DECAY[0], [[a] for a, _ in DECAY[1]])
TABLES = {
    "errors called s(A) beside c(A)": (
        "t/h,c(A)/mM,c(B)/mM,s(A)/mM,s(B)/mM\n" + WITH_ERRORS, one(time_unit="h", units=("mM", "mM"), errors=ERRORS)),
    "means with their deviations in brackets": (
        "time (s)\tA, mean (SD)\tB ± SD\n" + "".join(f"{t}\t{a:g} (0.02)\t{b:g} ± 0.02\n" for t, (a, b) in zip(*DECAY, strict=True)),
        one(time_unit="s", errors=ERRORS)),
    "rows of the header with names": (
        "Long Name\tTime\tA\tB\nUnits\ts\tM\tM\nComments\t\t\t\n" + "".join(
            f"{k + 1}\t{t}\t{a:g}\t{b:g}\n" for k, (t, (a, b)) in enumerate(zip(*DECAY, strict=True))),
        one(time_unit="s", units=("M", "M"))),
    "units behind commas in a comma file": ("Exp. No.,Time, min,A, mol/L,B, mol/L\n" + rows("1") + rows("2", data=HALF), two(time_unit="min", units=("M", "M"))),
    "temperatures in titles": (
        f"Run at 25 °C\ntime,A,B\n{R}\nRun at 35 °C\ntime,A,B\n{H}", two("Run at 25 °C", "Run at 35 °C", kelvin=(298.15, 308.15))),
    "wavelengths down, times across": (
        "Wavelength (nm),0 s,5 s,10 s\n350,1,0.8,0.6\n400,0,0.2,0.4\n450,2,1,0.5\n", WAVES),
    "the unit of all in the title": ("Hydrolysis (all concentrations in mM)\ntime,A,B\n" + R, one(units=("mM", "mM"))),
    "sampling as a time": ("Time of sampling,A,B\n09:00,1,0\n09:05,0.61,0.39\n09:10,0.37,0.63\n09:20,0.14,0.86\n", Seen(AB, {"0": ([0, 300, 600, 1200], DECAY[1])}, time_unit="s")),
    "brackets as underscores": ("time_s_,A_mM_,B_mM_\n" + R, one(time_unit="s", units=("mM", "mM"))),
    "observations counted": ("Obs   time   A   B\n" + "".join(f" {k + 1}   {t}   {a:g}   {b:g}\n" for k, (t, (a, b)) in enumerate(zip(*DECAY, strict=True))), one()),
    "thousands of seconds": ("t / 10^3 s\tA\tB\n0\t1\t0\n0.5\t0.61\t0.39\n1\t0.37\t0.63\n", Seen(AB, {"0": ([0, 500, 1000], DECAY[1][:3])}, time_unit="s")),
    "times by a power of ten": ("10^-3 t / s\tA\tB\n0\t1\t0\n0.5\t0.61\t0.39\n1\t0.37\t0.63\n", Seen(AB, {"0": ([0, 500, 1000], DECAY[1][:3])}, time_unit="s")),
    "a power of ten behind the name": ("t (s)\t[A]×10³ (mol/L)\t[B] x 10^3 (mol/L)\n" + rows(sep="\t"), one(time_unit="s", units=("mM", "mM"))),
    "units behind commas beside decimal commas": (
        "Время, мин;A, ммоль/л;B, ммоль/л\n" + rows(sep=";", form="{:.3f}").replace(".", ","), one(time_unit="min", units=("mM", "mM"))),
    "logarithm and reciprocal of a column": (
        "t/s,[A]/M,ln[A],1/[A]\n0,1,0.000,1.000\n5,0.61,-0.494,1.639\n10,0.37,-0.994,2.703\n20,0.14,-1.966,7.143\n", Seen(("A",), {"0": ONE}, time_unit="s", units=("M",))),
    "a rate beside its course": (
        "Time (s),A (M),rate (M/s)\n0,1,0.1\n5,0.61,0.061\n10,0.37,0.037\n20,0.14,0.014\n", Seen(("A",), {"0": ONE}, time_unit="s", units=("M",))),
    "dollars around names": ("$t$ (s),$[A]$ (mM),$[B]$ (mM)\n" + R, one(time_unit="s", units=("mM", "mM"))),
    "a remark behind a row": ("time A B\n" + rows(sep=" ").replace("0.39\n", "0.39 # shaken\n"), one()),
    "names over the columns that have none below": (
        "time (min),run 1,,run 2,\n,A,B,A,B\n" + "".join(f"{t},{a:g},{b:g},{c:g},{d:g}\n" for t, (a, b), (c, d) in zip(*DECAY, HALF[1], strict=True)), two(time_unit="min")),
    "dates and times of day in one": (
        "Datum/Uhrzeit;A;B\n05.03.2024 09:00;1;0\n05.03.2024 09:05;0,61;0,39\n05.03.2024 09:10;0,37;0,63\n05.03.2024 09:20;0,14;0,86\n",
        Seen(AB, {"0": ([0, 300, 600, 1200], DECAY[1])}, time_unit="s")),
    "what was titrated": ("Time (min),V NaOH (mL)\n0,1\n5,0.61\n10,0.37\n20,0.14\n", Seen(("V NaOH",), {"0": ONE}, time_unit="min", units=("ml",))),
}  # fmt: skip
