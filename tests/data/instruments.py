"""Tables as instruments export them, made by hand, with what a person reads in them; as in `tests.data.laboratory`.

Plate readers by well and by cycle, lists of peaks, integrals of spectra, tables of repeats with means below; decimal
commas, headers over several columns, line breaks in headers, times in words.
"""
# ruff: noqa: E501

from tests.data.laboratory import AB, DECAY, R, Seen, one, rows

WELLS = ("A1", "A2")


def cells(lines, sep=","):
    return "".join(sep.join(line) + "\n" for line in lines)


TABLES = {
    "a plate reader with cycles": ("User: x\nPath: C:\\data\nTest ID: 12\n\nCycle Nr.;Time [s];Temp. [°C];A1;A2\n1;0;25.0;1;0\n2;5;25.1;0.61;0.39\n3;10;25.0;0.37;0.63\n4;20;25.0;0.14;0.86\n", Seen(WELLS,{"0":DECAY},time_unit="s",kelvin=(298.15,))),
    "a plate reader by the clock": ("Time(hh:mm:ss)\tTemperature(°C)\tA1\tA2\n00:00:00\t25.0\t1\t0\n00:00:05\t25.0\t0.61\t0.39\n00:00:10\t25.0\t0.37\t0.63\n00:00:20\t25.0\t0.14\t0.86\n", Seen(WELLS,{"0":DECAY},time_unit="s",kelvin=(298.15,))),
    "wells down, times across": ("Well,0 s,5 s,10 s,20 s\nA1,1,0.61,0.37,0.14\nA2,0,0.39,0.63,0.86\n", Seen(WELLS,{"0":DECAY},time_unit="s")),
    "wells down with contents": ("Well\tContent\t0 min\t5 min\t10 min\t20 min\nA01\tA\t1\t0.61\t0.37\t0.14\nB01\tB\t0\t0.39\t0.63\t0.86\n", one(time_unit="min")),
    "peaks one a row with retention times": ("Sample;Time (min);Compound;RT (min);Area\n"+"".join(f"S{i};{t};A;3.21;{a:g}\nS{i};{t};B;4.56;{b:g}\n" for i,(t,(a,b)) in enumerate(zip(*DECAY, strict=True)) ), one(time_unit="min")),
    "an average below": ("Time (min),A,B\n"+R+"Average,0.53,0.47\nStDev,0.37,0.37\nRSD %,69,79\n", one(time_unit="min")),
    "unit after in": ("Zeit in min;c(A) in mmol/l;c(B) in mmol/l\n"+rows(sep=";").replace(".",","), one(units=("mM","mM"),time_unit="min")),
    "units in brackets behind a slash": ("t / min;c_A / (mol/L);c_B / (mol/L)\n"+rows(sep=";"), one(units=("M","M"),time_unit="min")),
    "two header rows by instrument": (",HPLC,,\nTime (min),A (mM),B (mM)\n"+R, one(units=("mM","mM"),time_unit="min")),
    "a units row with capitals": ("Time;A;B\nMin;mmol/L;mmol/L\n"+rows(sep=";"), one(units=("mM","mM"),time_unit="min")),
    "std behind underscores": ("time [min];A;A_std;B;B_std\n"+cells([["0","1",".1","0",".01"],["5",".6",".1",".4",".02"],["9",".3",".1",".7",".02"]],";"), Seen(AB,{"0":([0,5,9],[[1,0],[.6,.4],[.3,.7]])},errors=[[.1,.01],[.1,.02],[.1,.02]],time_unit="min")),
    "mean and SD in brackets": ("Time,A (mean),A (SD),B (mean),B (SD)\n"+cells([["0","1",".1","0",".01"],["5",".6",".1",".4",".02"],["9",".3",".1",".7",".02"]]), Seen(AB,{"0":([0,5,9],[[1,0],[.6,.4],[.3,.7]])},errors=[[.1,.01],[.1,.02],[.1,.02]])),
    "mean and SD in a row of their own": (",A,A,B,B\nTime (h),Mean,SD,Mean,SD\n"+cells([["0","1",".1","0",".01"],["5",".6",".1",".4",".02"],["9",".3",".1",".7",".02"]]), Seen(AB,{"0":([0,5,9],[[1,0],[.6,.4],[.3,.7]])},errors=[[.1,.01],[.1,.02],[.1,.02]],time_unit="h")),
    "many words for not measured": ("time,A,B\n0,1,BDL\n5,0.61,#N/A\n10,—,0.63\n20,LOD,0.86\n", Seen(AB,{"0":(DECAY[0],[[1,None],[.61,None],[None,.63],[None,.86]])})),
    "clock times without saying so": ("Time,A,B\n00:00:00,1,0\n00:05:30,0.61,0.39\n00:11:00,0.37,0.63\n01:00:00,0.14,0.86\n", Seen(AB,{"0":([0,330,660,3600],DECAY[1])},time_unit="s")),
    "minutes then hours in the cells": ("time,A,B\n0 min,1,0\n30 min,0.61,0.39\n1 h,0.37,0.63\n2 h,0.14,0.86\n", Seen(AB,{"0":([0,30,60,120],DECAY[1])},time_unit="min")),
    "t equals": ("Sample,A,B\nt=0 min,1,0\nt=5 min,0.61,0.39\nt=10 min,0.37,0.63\nt=20 min,0.14,0.86\n", one(time_unit="min")),
    "French units with dots": ("temps (s);[A] (mol.L-1);[B] (mol.L-1)\n"+rows(sep=";").replace(".",","), one(units=("M","M"),time_unit="s")),
    "blanks as thousands": ("t (s);A (counts)\n0;1 234 567,5\n10;987 654,5\n20;9 500\n", Seen(("A",),{"0":([0,10,20],[[1234567.5],[987654.5],[9500]])},("counts",),"s")),
    "apostrophes as thousands": ("t (s);A (counts)\n0;1'234'567\n10;987'654\n20;9'500\n", Seen(("A",),{"0":([0,10,20],[[1234567],[987654],[9500]])},("counts",),"s")),
    "comments in the middle": ("time,A,B\n0,1,0\n# sample lost, repeated\n5,0.61,0.39\n10,0.37,0.63\n# end of day\n20,0.14,0.86\n", one()),
    "a delimiter at every end": ("time;A;B;\n"+"".join(l+";\n" for l in rows(sep=";").split()), one()),
    "a replicate column": ("time (h),replicate,A\n0,1,1.01\n0,2,0.99\n5,1,0.62\n5,2,0.60\n9,1,0.37\n9,2,0.37\n", Seen(("A",),{"1":([0,5,9],[[1.01],[.62],[.37]]),"2":([0,5,9],[[.99],[.6],[.37]])},time_unit="h")),
    "line breaks in headers": ('"Time\n(min)","A\n(mM)","B\n(mM)"\n'+R, one(units=("mM","mM"),time_unit="min")),
    "a blank row after the header": ("time (min),A,B\n,,\n"+R, one(time_unit="min")),
    "everything in capitals": ("TIME (MIN),CONC A (MM),CONC B (MM)\n"+R, one(units=("mM","mM"),time_unit="min")),
    "yield and conversion": ("Reaction time (h),Conv. (%),Yield (%)\n0,0,0\n5,39,35\n10,63,60\n20,86,80\n", Seen(("Conv.","Yield"),{"0":(DECAY[0],[[0,0],[39,35],[63,60],[86,80]])},units=("%","%"),time_unit="h")),
    "powers with decimal commas": ("t/s;A;B\n0;1,0E+03;0\n5;6,1E+02;3,9E+02\n10;3,7E+02;6,3E+02\n", Seen(AB,{"0":([0,5,10],[[1000,0],[610,390],[370,630]])},time_unit="s")),
    "per cent signs in the cells": ("time (min),A,B\n0,100%,0%\n5,61%,39%\n10,37%,63%\n", Seen(AB,{"0":([0,5,10],[[100,0],[61,39],[37,63]])},units=("%","%"),time_unit="min")),
    "sep= above": ("sep=;\ntime;A;B\n"+rows(sep=";"), one()),
    "a single absorbance": ("Time (s),Abs (405 nm)\n0,1\n5,0.61\n10,0.37\n", Seen(("Abs (405 nm)",),{"0":([0,5,10],[[1],[.61],[.37]])},time_unit="s")),
    "NMR integrals": ("Spectrum,t (min),Int(A),Int(B)\n"+"".join(f"{i},{l}\n" for i,l in enumerate(R.split(),1)), Seen(("Int(A)","Int(B)"),{"0":DECAY},time_unit="min")),
    "GC with internal standard": ("Inj #,TOS (h),A (mol%),B (mol%),n-decane (ISTD)\n"+"".join(f"{i},{l},1.0\n" for i,l in enumerate(R.split(),1)), Seen((*AB, "n-decane (ISTD)"), {"0": (DECAY[0], [[*v, 1] for v in DECAY[1]])}, units=("mol%", "mol%", ""), time_unit="h")),
    "a file name a row": ("File,Time (min),A,B\n"+"".join(f"run7_{i:03d}.D,{l}\n" for i,l in enumerate(R.split(),1)), one(time_unit="min")),
    "a vial a row": ("Vial,Sample,Time (min),A,B\n"+"".join(f"{i},SM-12-{i},{l}\n" for i,l in enumerate(R.split(),1)), one(time_unit="min")),
    "dates and clock": ("Date;Uhrzeit;A\n02.01.2024;23:59:00;1\n03.01.2024;00:04:00;0.6\n03.01.2024;00:09:00;0.3\n", Seen(("A",),{"0":([0,300,600],[[1],[.6],[.3]])},time_unit="s")),
    "zero time as initial": ("time (min),A,B\ninitial,1,0\n5,0.61,0.39\n10,0.37,0.63\n20,0.14,0.86\n", one(time_unit="min")),
    "infinity row": ("time (min),A,B\n"+R+"inf,0.02,0.98\n", one(time_unit="min")),
    "a sum and a mass balance": ("time (min),A,B,Sum,Mass balance (%)\n"+"".join(f"{l},1,100\n" for l in R.split()), one(time_unit="min")),
    "minutes with primes": ("time,A,B\n0',1,0\n5',0.61,0.39\n10',0.37,0.63\n20',0.14,0.86\n", one(time_unit="min")),
    "h:mm without seconds": ("Time (h:mm),A\n0:00,1\n0:30,0.6\n1:15,0.3\n", Seen(("A",),{"0":([0,1800,4500],[[1],[.6],[.3]])},time_unit="s")),
    "ASCII plus minus": ("time,A\n0,1.0 +/- 0.1\n5,0.6 +/- 0.1\n9,0.3 +/- 0.1\n", Seen(("A",),{"0":([0,5,9],[[1],[.6],[.3]])},errors=[[.1],[.1],[.1]])),
    "names with concentrations of": ("t (min),Conc. of A (mM),Conc. of B (mM)\n"+R, one(units=("mM","mM"),time_unit="min")),
    "a hash before units": ("#time(s)\tA(mM)\tB(mM)\n"+rows(sep="\t"), one(units=("mM","mM"),time_unit="s")),
}  # fmt: skip
