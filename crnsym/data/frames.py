"""Tables for pandas and polars, which are not needed otherwise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crnsym.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas  # type: ignore[import-not-found]  # (only if installed)
    import polars  # type: ignore[import-not-found]  # (only if installed)


class Tidy:
    """Adds tables to a class that has rows: ``to_rows()``, one mapping a row."""

    __slots__ = ()

    def to_rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one mapping a row."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its rows are")

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the rows as a data frame of pandas.

        Raises
        ------
        MissingExtraError
            pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("to_pandas() needs pandas: python -m pip install pandas") from None
        return pandas.DataFrame(list(self.to_rows()))

    def to_polars(self) -> "polars.DataFrame":
        """Return the rows as a data frame of polars.

        Raises
        ------
        MissingExtraError
            polars is not installed.
        """
        try:
            import polars
        except ImportError:
            raise MissingExtraError("to_polars() needs polars: python -m pip install polars") from None
        return polars.DataFrame(list(self.to_rows()), infer_schema_length=None)
