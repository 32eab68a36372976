"""Golden values of src/analytics/decompose from statsmodels 0.15, over seeded series.

Usage: make_decompose.py > decompose.txt    (in an environment with statsmodels)
R's stl() and BoxCox.lambda() over the same series are in decompose_r.txt, made by make_decompose.R.
"""

import numpy as np
from statsmodels.tsa.seasonal import MSTL, STL, seasonal_decompose


def line(name, values):
    print(name, *(repr(float(value)) for value in np.atleast_1d(values)))


def parts(name, result):
    line(f"{name}.trend", result.trend)
    line(f"{name}.season", result.seasonal)
    if hasattr(result, "weights"):
        line(f"{name}.weights", result.weights)


random = np.random.default_rng(4)
t = np.arange(150)
monthly = 50 + 0.3 * t + (8 + 0.02 * t) * np.sin(2 * np.pi * t / 12) + random.normal(0, 1, 150)
monthly[[20, 77, 140]] += [30, -25, 18]
nested = 10 + 3 * np.sin(2 * np.pi * t / 7) + 5 * np.cos(2 * np.pi * t / 30) + random.normal(0, 0.5, 150) + t / 50
positive = np.exp(0.01 * t + 0.2 * np.sin(2 * np.pi * t / 12) + random.normal(0, 0.05, 150)) * 100

line("monthly", monthly)
line("nested", nested)
line("positive", positive)
parts("plain", STL(monthly, period=12).fit())
parts("robust", STL(monthly, period=12, robust=True).fit())
parts("wide", STL(monthly, period=12, seasonal=35, trend=31, low_pass=15, seasonal_deg=0, trend_deg=0).fit())
parts("jumping", STL(monthly, period=12, seasonal_jump=2, trend_jump=5, low_pass_jump=3, robust=True).fit())
parts("seven", STL(nested[:40], period=7, robust=True).fit())
multiple = MSTL(nested, periods=(7, 30)).fit()
line("mstl.trend", multiple.trend)
line("mstl.season.7", multiple.seasonal[:, 0])
line("mstl.season.30", multiple.seasonal[:, 1])
for model in ("additive", "multiplicative"):
    for period in (12, 7):
        parts(f"{model}.{period}", seasonal_decompose(positive, model=model, period=period))
