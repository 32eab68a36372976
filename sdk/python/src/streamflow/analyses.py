"""Forecasts, decompositions, anomalies: the table functions of TSQL as methods, with the same names and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

R_co = TypeVar("R_co", covariant=True)


class _Runs(Protocol[R_co]):
    def sql(self, text: str, params: Sequence[Any] | None = None, *, timeout: float | None = None) -> R_co: ...


class Analyses(Generic[R_co]):
    """Each method takes a query with the columns `time` and `value`; its other columns tell series apart. Further
    arguments are the parameters of the function in docs/tsql.md, "Analysis"; `time=` and `value=` name the two columns
    when they are called otherwise, `errors="report"` makes a row of a series that cannot be treated.
    """

    def forecast(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """The next steps of each series, with bounds: horizon=12, model="auto", level=95, period=, holdout=.

        >>> rows = "SELECT make_timestamp_ns(i * 1000000000) AS time, i AS value FROM range(20) x(i)"
        >>> db.forecast(rows, horizon=2, model="drift").to_dict()[0]["forecast"]
        20.0
        """
        return self.sql(analysis_sql("forecast", query, options), params, timeout=timeout)

    def forecast_leaderboard(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """The models that model="auto" tried, with their errors over past windows and their weights."""
        return self.sql(analysis_sql("forecast_leaderboard", query, options), params, timeout=timeout)

    def backtest(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """Forecasts from past origins beside what came: as forecast(), and folds=3, stride=, training="expanding"."""
        return self.sql(analysis_sql("backtest", query, options), params, timeout=timeout)

    def backtest_scores(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """The metrics of a backtest, mean over its folds."""
        return self.sql(analysis_sql("backtest_scores", query, options), params, timeout=timeout)

    def decompose(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """Trend, season and remainder of each series (STL): period=, robust=False."""
        return self.sql(analysis_sql("decompose", query, options), params, timeout=timeout)

    def seasonality(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """The seasons that show in each series, strongest first: periods_max=3."""
        return self.sql(analysis_sql("seasonality", query, options), params, timeout=timeout)

    def stationarity(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """Augmented Dickey-Fuller, Phillips-Perron and KPSS tests of each series."""
        return self.sql(analysis_sql("stationarity", query, options), params, timeout=timeout)

    def anomalies(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """A score for every row, above 1 where it is anomalous, with the reason: detector="default", window_size=,
        period=, threshold=.
        """
        return self.sql(analysis_sql("anomalies", query, options), params, timeout=timeout)

    def changepoints(
        self: _Runs[R_co],
        query: str,
        params: Sequence[Any] | None = None,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> R_co:
        """Where each series changes: model="auto", penalty= and length_min= of a named model."""
        return self.sql(analysis_sql("changepoints", query, options), params, timeout=timeout)


def analysis_sql(name: str, query: str, options: Mapping[str, Any]) -> str:
    """The statement behind a method; ValueError for an option that is no constant."""
    arguments = [f"({query.strip().rstrip(';')}\n)"]
    for option, value in options.items():
        if not option.isidentifier():
            raise ValueError(f"{option!r} is no name of a parameter")
        arguments.append(f"{option} => {_constant(option, value)}")
    return f"SELECT * FROM {name}({', '.join(arguments)})"


def _constant(option: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_constant(option, item) for item in value) + "]"
    raise ValueError(f"{option}= is a number, a text, True or False, or a list of them, got {value!r}")
