"""Units as laboratories write them, in headers and in cells: what they measure, and how large they are."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ...network.units import parse_unit

_TIMES = {
    "s": (1.0, "s", "s sec secs second seconds sekunde sekunden sek seconde secondes segundos secondi с сек секунды"),
    "min": (60.0, "min", "min mins minute minutes minuten minutos minuti мин минуты"),
    "h": (3600.0, "h", "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore ч час часы"),
    "d": (86400.0, "d", "d day days tag tage jour jours dia dias días giorni"),
    "week": (604800.0, "week", "week weeks wk wks woche wochen"),
    "year": (31557600.0, "year", "year years yr yrs jahr jahre"),
    "ms": (1e-3, "ms", "ms msec millisecond milliseconds"),
    "us": (1e-6, "us", "us usec microsecond microseconds"),
    "ns": (1e-9, "ns", "ns nanosecond nanoseconds"),
    "ps": (1e-12, "ps", "ps picosecond picoseconds"),
    "fs": (1e-15, "fs", "fs"),
}
_TIME_WORDS = {word: name for name, (_, _, words) in _TIMES.items() for word in words.split()}
_MOLAR = {0: "M", -3: "mM", -6: "uM", -9: "nM", -12: "pM", -15: "fM", 3: "kM"}
_PRESSURES = {
    "Pa": 1.0, "hPa": 1e2, "kPa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 1e2, "atm": 101325.0, "torr": 101325.0 / 760.0,
    "mmHg": 133.322387415, "psi": 6894.757293168,
}  # fmt: skip
_SIGNAL_WORDS = (
    "au a.u. a.u arb.u. arb.units arb. mau abs abs. absorbance od counts cts cps kcps area areas peakarea rfu rlu "
    "mv v % wt% mol% vol% at% wt.% mol.% area% ppm ppb eq eq. equiv equiv. equivalents rel. rel norm. norm "
    "normalized normalised - fraction molefraction cells cells/ml cfu cfu/ml copies u/ml iu/l u/l molecules m/z "
    "dimensionless mol/kg mmol/kg g/kg mg/kg intensity int. int mol/mol deg ° "
)
_SIGNALS = frozenset(_SIGNAL_WORDS.split())
_SCALES = {
    "K": "k,kelvin",
    "C": "°c,c,degc,deg c,celsius,℃,degrees c,degree c,grad c,ºc,oc,grad celsius",
    "F": "°f,f,degf,deg f,fahrenheit,degrees f,℉,ºf",
}
_TEMPERATURES = {word: scale for scale, words in _SCALES.items() for word in words.split(",")}
_CAPITALS = {"MM": "mM", "MOL/L": "mol/L", "MMOL/L": "mmol/L", "G/L": "g/L", "MG/L": "mg/L", "MG/ML": "mg/mL"} | {
    "моль/л": "mol/L", "ммоль/л": "mmol/L", "мкмоль/л": "umol/L", "г/л": "g/L", "мг/л": "mg/L", "мг/мл": "mg/mL",
}  # fmt: skip
_OTHERS = {  # what is measured beside a reaction, and is no concentration
    "ml": "volume", "l": "volume", "ul": "volume", "cm3": "volume", "rpm": "frequency", "Hz": "frequency",
    "nm": "length", "cm-1": "wavenumber", "1/cm": "wavenumber", "cm": "length", "mm": "length", "um": "length",
    "ml/min": "flow", "l/min": "flow", "l/h": "flow", "ul/min": "flow", "ml/h": "flow",
}  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A unit of a column.

    Attributes
    ----------
    text
        Its plain name, as `crnsym.network.units.parse_unit` reads it where it can.
    kind
        ``"time"``, ``"molar"``, ``"mass/volume"``, ``"pressure"``, ``"amount"``, ``"mass"``, ``"temperature"``,
        ``"signal"``, another quantity, or ``"unknown"``.
    size
        In s, mol/l, g/l, Pa, mol or g; 1 for the others.
    """

    text: str
    kind: str
    size: float = 1.0


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    """Return what a text means as a unit, or None if it is not known as one.

    Examples
    --------
    >>> read_unit("mmol·L⁻¹")
    Unit(text='mM', kind='molar', size=0.001)
    >>> read_unit("hrs").text
    'h'
    """
    plain = _CAPITALS.get(text.strip(), _plain(text))
    if not plain:
        return None
    if (time := time_unit(plain)) is not None:
        return time
    tens = _TENS.fullmatch(plain)
    if tens and (time := time_unit(tens[2])) is not None:
        return Unit(f"10^{int(tens[1])} {time.text}", "time", 10.0 ** int(tens[1]) * time.size)
    if plain in _PRESSURES:
        return Unit(plain, "pressure", _PRESSURES[plain])
    compact = re.sub("[lL]\\b", "l", plain.replace(" ", ""))
    if compact in _OTHERS:
        return Unit(compact, _OTHERS[compact])
    compact = compact.lower()
    if (found := _of_amounts(plain)) is not None:
        return found
    if plain.lower() in _TEMPERATURES:
        return Unit(_TEMPERATURES[plain.lower()], "temperature")
    if compact in _SIGNALS:
        return Unit(plain, "signal")
    return None


def time_unit(text: str) -> Unit | None:
    """Return a unit of time, by any of its names, or None."""
    word = _plain(text).rstrip(".")
    name = _TIME_WORDS.get(word) or _TIME_WORDS.get(word.lower() if len(word) > 1 else word)
    if name is None or word in ("S", "H", "D"):
        return None
    return Unit(_TIMES[name][1], "time", _TIMES[name][0])


def temperature_unit(text: str) -> str | None:
    """Return ``K``, ``C`` or ``F``, or None."""
    return _TEMPERATURES.get(_plain(text).lower())


def _plain(text: str) -> str:
    text = text.strip().strip("[]").strip()
    text = re.sub(r"[µμ]", "u", text)
    text = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")).replace("−", "-").replace("^", "")
    text = re.sub(r"\s*[·⋅*]\s*|\s+", " ", text).replace(" per ", "/").replace(" / ", "/")
    return re.sub(r"(?<=[A-Za-z])(?<!a)\.(?=[A-Za-z])(?!u\b)", " ", text) if "a.u" not in text.lower() else text


_TENS = re.compile(r"(?:[x×]\s*)?10\s?([+-]?\d+)\s*(.+)")


def _of_amounts(plain: str) -> Unit | None:
    """Return a unit of concentration, amount or mass, with its power of ten."""
    tens = _TENS.fullmatch(plain)
    power, plain = (int(tens[1]), tens[2]) if tens else (0, plain)
    plain = re.sub(r"\b(?:m|u|n|p)?mols?\b", lambda m: m[0].rstrip("s"), plain)
    plain = re.sub(r"\bMol\b", "mol", plain)
    plain = re.sub(r"\bmoles?\b", "mol", plain)
    plain = re.sub(r"\bgram(s|m)?\b", "g", plain)
    for word in ("liter", "litre", "liters", "litres"):
        plain = re.sub(rf"\b{word}\b", "L", plain)
    plain = re.sub(r"\bmolar\b", "M", plain).replace("mL", "cm3").replace("ml", "cm3")
    plain = re.sub(r"\bcc\b", "cm3", plain)
    plain = re.sub(r"\bdm-3\b", "L-1", re.sub(r"\bdm3\b", "L", plain))
    factors = parse_unit(re.sub(r"(?<=[a-zA-Z])-(?=\d)", "^-", plain))
    if not factors:
        return None
    exponents: dict[str, int] = {}
    scale = power
    for f in factors:
        scale += f.scale * f.exponent
        exponents[f.kind] = exponents.get(f.kind, 0) + f.exponent
    return _composed(exponents, scale)


def _composed(exponents: dict[str, int], scale: int) -> Unit | None:
    litres = exponents.pop("litre", 0)
    metres = exponents.pop("metre", 0)
    if metres % 3:
        return None
    scale += metres  # a cubic metre is a thousand litres
    volume, rest = litres + metres // 3, {k: n for k, n in exponents.items() if n}
    if (rest == {"molar": 1} and not volume) or (rest == {"mole": 1} and volume == -1):
        text = _MOLAR.get(scale, f"10^{scale} M")
        return Unit(text, "molar", 10.0**scale)
    if rest == {"gram": 1} and volume == -1:
        return Unit(
            {0: "g/L", -3: "mg/L", -6: "ug/L", 3: "kg/L"}.get(scale, f"10^{scale} g/L"), "mass/volume", 10.0**scale
        )
    if rest == {"mole": 1} and not volume:
        return Unit({0: "mol", -3: "mmol", -6: "umol", -9: "nmol"}.get(scale, f"10^{scale} mol"), "amount", 10.0**scale)
    if rest == {"gram": 1} and not volume:
        return Unit({0: "g", -3: "mg", -6: "ug", 3: "kg"}.get(scale, f"10^{scale} g"), "mass", 10.0**scale)
    return None
