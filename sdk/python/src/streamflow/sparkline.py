"""A column of numbers as a small inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT, BUCKETS = 120, 24, 60


def sparkline(values: Sequence[float | None]) -> str:
    """The least and the greatest value of each of BUCKETS stretches; gaps where there is none. "" without any value.

    >>> sparkline([1.0, 2.0, 3.0]).startswith("<svg")
    True
    """
    extremes = [_extremes(values, bucket) for bucket in range(BUCKETS)]
    known = [value for pair in extremes if pair for value in pair]
    if not known:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    paths, open_path = [], False
    for bucket, pair in enumerate(extremes):
        if pair is None:
            open_path = False if len(values) > BUCKETS else open_path
            continue
        x = (bucket + 0.5) * WIDTH / BUCKETS
        for value in dict.fromkeys(pair):
            y = 1 + (HEIGHT - 2) * (1 - (value - low) / span)
            paths.append(f"{'L' if open_path else 'M'}{x:.1f} {y:.1f}")
            open_path = True
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="from {low:.6g} to {high:.6g}">'
        f'<path d="{"".join(paths)}" fill="none" stroke="currentColor"/></svg>'
    )


def _extremes(values: Sequence[float | None], bucket: int) -> tuple[float, float] | None:
    begin, end = bucket * len(values) // BUCKETS, (bucket + 1) * len(values) // BUCKETS
    known = [float(value) for value in values[begin:end] if value is not None and math.isfinite(value)]
    return (min(known), max(known)) if known else None
