"""What the server says about a write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

REJECTIONS_MAX = 100  # further ones are only counted


@dataclass(frozen=True, slots=True)
class Rejection:
    row: int  # from 0, in the order of the data that was given
    reason: str


@dataclass(frozen=True)
class WriteReceipt:
    """`rows` and `points` (field values) are stored; `rejected` holds the first of `rejected_count` refused rows.

    >>> WriteReceipt(rows=2, points=4) + WriteReceipt(rows=1, points=1)
    WriteReceipt(rows=3, points=5, rejected_count=0, rejected=(), duplicate=False, position='')
    """

    rows: int = 0
    points: int = 0
    rejected_count: int = 0
    rejected: tuple[Rejection, ...] = ()
    duplicate: bool = False  # an earlier attempt had been stored: its rows count, although not in `rows`
    position: str = ""  # of the server, after this write

    def __add__(self, other: WriteReceipt) -> WriteReceipt:
        return WriteReceipt(
            rows=self.rows + other.rows,
            points=self.points + other.points,
            rejected_count=self.rejected_count + other.rejected_count,
            rejected=first_rejections((*self.rejected, *other.rejected)),
            duplicate=self.duplicate or other.duplicate,
            position=other.position or self.position,
        )


def first_rejections(rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
    return tuple(sorted(rejections, key=lambda each: each.row)[:REJECTIONS_MAX])
