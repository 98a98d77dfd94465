"""Names of columns that say what they hold: times, dates, runs, repeats, errors."""

import re

from .header import read_header

_TIME = re.compile(
    r"(?:.*[\s_.-])?(?:times?|time ?points?|temps|tiempos?|tempo|zeit(?:en|punkt)?|tau|τ|elapsed|dauer|duration|tid|"
    r"tijd|czas|время|durée|duree|tps|时间|時間|время|(?-i:TOS)|hpi)"
    r"(?:[\s_.-]+(?:elapsed|points?|on stream|since start|axis|course|"
    r"of (?:day|sampling|reaction|measurement|sample)))?|t|\w*zeit|t_?exp|t_?r|t_?res",
    re.I,
)
_TIME_WORD = re.compile(
    r"s|h|(?i:min|mins|minutes?|minuten|hrs?|hours?|stunden?|heures?|horas|secs?|seconds?|sek|sekunden?|days?|tage|weeks?|years?|yrs?)\.?"
)
_NO_TIME = re.compile(
    r"(half|life|dead|retention|induction|start|end|sampling|injection|run)[\s_.-]*time\b.*|.*retention.*", re.I
)
_DATED = re.compile(
    r"date[\s_/-]*(?:and|&|et|y)?[\s_/-]*(?:time|heure)|datum[\s_/-]*(?:und)?[\s_/-]*(?:uhr)?zeit|fecha[\s_/-]*y?[\s_/-]*hora|dates?|timestamp|(unix|epoch|posix)[\s_-]*(time|timestamp|seconds?|s)?|clock|uhrzeit|datum|datetime|fecha|day",
    re.I,
)
_UNNAMED = re.compile(
    r"|unnamed: ?\d+(_level_\d+)?|index|x|x[ _-]?(axis|values?|data)|abscissa|row labels?|#|"
    r"column ?1|column1|v1|field1|\.\.\.1",
    re.I,
)
_SAVED_INDEX = re.compile(r"|unnamed: ?\d+|index|level_\d|\.\.\.1", re.I)
_LABEL = re.compile(
    r"(?:experiments?|exp\.?|runs?|batch|versuchs?|lauf|trial|series|serie|set|data ?set|condition|subject|patient|"
    r"reactor|vessel|flask|tube|lot|well|sample|probe|id|curve|kinetic|assay|ansatz|messung|reaction|case|entry|file|source)"
    r"(?:[\s_.-]*(?:ids?|no\.?|nr\.?|num(?:ber)?|name|label|#|code|index))?",
    re.I,
)
_CERTAIN_LABEL = re.compile(r"(experiment|run|batch|versuch|lauf|trial)([\s_]*(id|nr|no|number))?", re.I)
_REPEAT = re.compile(
    r"(?:rep|repl|replicates?|repeat|repetition|wdh|wiederholung)[\s_.]*(?:no\.?|nr\.?|id|number|#)?", re.I
)
_NOTE = re.compile(
    r"(notes?|comments?|remarks?|bemerkung(en)?|kommentar|operator|user|file ?name|status|flag|quality)", re.I
)
_COUNTER = re.compile(
    r"((sample|obs(?:ervation|\.)?|inj(?:ection|\.)?|vial|scan|spectrum|cycle|frame|row|entry|point|"
    r"measurement|file|run ?order)?"
    r"[\s_]*(#|no\.?|nr\.?|number|index|id)?|n|unnamed: ?\d+|lfd\.? ?nr\.?)",
    re.I,
)
_SPECIES = re.compile(
    r"(species|compound|analyte|substance|variable|observable|component|metabolite|name|stoff|molecule)s?([\s_]*id)?",
    re.I,
)
_VALUE = re.compile(
    r"(values?|means?|average|avg|conc(entration|\.)?|measurement|measured|wert|amount|y|c|signal|level|data|intensity|abs(orbance)?|"
    r"(peak )?(area|height)|integral)",
    re.I,
)
_BALANCE = re.compile(
    r"(mass|carbon|material|molar?|[CNOH])[\s_.-]*(balance|bal\.?)|(mass)?bilanz|recovery|closure", re.I
)
_SUM = re.compile(r"sum|total|summe|gesamt|somme|Σ|sum of .*|total (conc(entration|\.)?|area)", re.I)
_RETENTION = re.compile(r"r\.?t\.?|t_?R|ret(ention)?\.?[\s_]*time|retentionszeit", re.I)
_PH = re.compile(r"pH([\s_]*(value|[Ww]ert))?")


def is_time_name(name: str) -> bool:
    """Say whether a name is one of a time: ``Time``, ``Zeit``, ``Reaction time``, ``t``, or a unit such as ``min``."""
    plain = read_header(name)[0].strip(" _.:")
    if plain == "T" or _NO_TIME.fullmatch(plain):
        return False
    return bool(_TIME.fullmatch(plain)) or is_time_word(name)


def is_weak_time_name(name: str) -> bool:
    """Say whether a name may be one of a time where no other column is: ``Sampling time``, ``Run time``."""
    return bool(re.fullmatch(r"(sampling|injection|run|end)[\s_.-]*(time|zeit)", read_header(name)[0].strip(), re.I))


def is_time_word(name: str) -> bool:
    """Say whether a name is only a unit of time: ``min``, ``hours``, ``Sek.``; single letters in lower case."""
    return bool(_TIME_WORD.fullmatch(name.strip().strip("[]()")))


def is_exact_time(name: str) -> bool:
    """Say whether a name is ``time`` itself, in any case, with or without a unit."""
    return read_header(name)[0].strip().lower() in ("time", "zeit")


def is_date_name(name: str) -> bool:
    """Say whether a name is one of dates or times of day."""
    return bool(_DATED.fullmatch(read_header(name)[0]))


def is_unnamed(name: str) -> bool:
    """Say whether a name says nothing, as of a saved index."""
    return bool(_UNNAMED.fullmatch(name.strip()))


def is_saved_index(name: str) -> bool:
    """Say whether a name is one that the index of a data frame gets in a file."""
    return bool(_SAVED_INDEX.fullmatch(name.strip()))


def is_label_name(name: str) -> bool:
    """Say whether a name may be one of labels of runs."""
    return bool(_LABEL.fullmatch(name.strip()))


def is_certain_label(name: str) -> bool:
    """Say whether a name can only be one of labels of runs."""
    return bool(_CERTAIN_LABEL.fullmatch(name.strip()))


def is_repeat_name(name: str) -> bool:
    """Say whether a column numbers repeats."""
    return bool(_REPEAT.fullmatch(name.strip()))


def is_note_name(name: str) -> bool:
    """Say whether a column holds notes."""
    return bool(_NOTE.fullmatch(name.strip()))


def is_counter_name(name: str) -> bool:
    """Say whether a column may count the rows."""
    return bool(_COUNTER.fullmatch(name.strip()))


def is_species_column(name: str) -> bool:
    """Say whether a column holds names of species, of a table of one value a row."""
    return bool(_SPECIES.fullmatch(name.strip()))


def is_wave_name(name: str) -> bool:
    """Say whether a column holds wavelengths or wavenumbers."""
    return read_header(name)[0].strip().lower() in (
        "wavelength",
        "wavelengths",
        "lambda",
        "λ",
        "wavenumber",
        "wellenlänge",
    )


def is_value_column(name: str) -> bool:
    """Say whether a column holds the values of such a table."""
    return bool(_VALUE.fullmatch(read_header(name)[0].strip()))


def is_ph(name: str) -> bool:
    """Say whether a column holds pH."""
    return bool(_PH.fullmatch(read_header(name)[0].strip()))


def is_balance(name: str) -> bool:
    """Say whether a column is a balance, computed from the others: ``Mass balance (%)``, ``MB / %``."""
    plain, unit = read_header(name)
    short = plain.strip() in ("MB", "CB") and unit is not None and unit.text == "%"
    return short or bool(_BALANCE.fullmatch(plain.strip()))


def is_sum_name(name: str) -> bool:
    """Say whether a column may be the sum of the others."""
    return bool(_SUM.fullmatch(read_header(name)[0].strip()))


def is_retention_name(name: str) -> bool:
    """Say whether a column holds the retention times of peaks."""
    return bool(_RETENTION.fullmatch(read_header(name)[0].strip()))
