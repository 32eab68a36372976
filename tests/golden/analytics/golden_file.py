"""Writes golden values as lines of `name value value ...`, with the digits that restore each double exactly."""

import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent


def write(name, entries):
    lines = [" ".join([key, *(f"{value:.17g}" for value in np.ravel(values))]) for key, values in entries.items()]
    (FOLDER / f"{name}.txt").write_text("\n".join(lines) + "\n")


def interleaved(values):
    """Complex numbers as real, imaginary, real, ..."""
    return np.column_stack([np.real(values).ravel(), np.imag(values).ravel()])
