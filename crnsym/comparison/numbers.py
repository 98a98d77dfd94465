"""Numbers with their uncertainty, as text."""

import math


def with_error(value: float, error: float, bound: float | None = None) -> str:
    """Write a value with the digits its standard error allows: ``0.2001 ± 0.0004``, ``(2.7 ± 0.2)e-4``.

    A value that the data only bound from below is written as that: ``> 980 (95 %)``.
    """
    if bound is not None:
        return f"> {bound:.3g} (95 %)" if bound > 0 else "at its fast limit"
    if not math.isfinite(value):
        return str(value)
    if not math.isfinite(error) or error <= 0:
        return f"{value:.4g}"
    if error >= 1e3 * abs(value):
        return f"{value:.2g} (undetermined)"
    size = math.floor(math.log10(abs(value))) if value else 0
    shift = size if size < -3 or size > 4 else 0
    mantissa, deviation = value / 10.0**shift, error / 10.0**shift
    digits = max(0, 1 - math.floor(math.log10(deviation))) if deviation < 9.5 else 0
    digits = min(digits, 9)
    text = f"{mantissa:.{digits}f} ± {deviation:.{digits}f}"
    return f"({text})e{shift:+d}" if shift else text


def interval(log_value: float, log_error: float, width: float) -> tuple[float, float]:
    """Interval of exp(log_value) at +-``width`` standard errors of the logarithm."""
    return math.exp(log_value - min(width * log_error, 600.0)), math.exp(min(log_value + width * log_error, 600.0))


def short(value: float, digits: int = 3) -> str:
    """Write a plain number, an empty text for NaN."""
    return "" if math.isnan(value) else f"{value:.{digits}g}"
