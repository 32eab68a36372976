"""Golden values of the matrix profile, its segmentation and MASS from stumpy, on a seeded series.

The series has a flat stretch, a missing value, an infinite one, a repeated pattern and a change of regime.
Usage: pip install numpy stumpy; python make_matrix_profile.py
"""

import numpy as np
import stumpy
from golden_file import write

rng = np.random.default_rng(11)
n, m = 700, 16
x = np.cumsum(rng.normal(0, 1, n))
x[350:] = 20 * np.sin(np.arange(350) / 3) + rng.normal(0, 1, 350)
x[100:130] = x[100]
x[220:245] = x[220]
x[60:76] = x[300:316] + 5
x = np.round(x, 5)
clean = x.copy()
x[180], x[560] = np.nan, np.inf
profile = stumpy.stump(x, m)
arcs = stumpy.stump(clean, m)
k = len(arcs)
position = np.arange(k)
curve, regimes = stumpy.fluss(
    arcs[:, 1].copy(), m, n_regimes=2, excl_factor=5, custom_iac=2.0 * position * (k - position) / k
)
write(
    "matrix_profile",
    {
        "x": x,
        "clean": clean,
        "distance": profile[:, 0].astype(float),
        "index": profile[:, 1].astype(float),
        "left_index": profile[:, 2].astype(float),
        "right_index": profile[:, 3].astype(float),
        "curve": curve,
        "regimes": regimes,
        "mass": stumpy.mass(clean[400:430], clean),
    },
)
