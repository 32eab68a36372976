"""Golden values of src/analytics/statistics: statsmodels 0.15, scipy 1.17, arch 8.0 over seeded series.

Usage: make_statistics.py > statistics.txt    (in an environment with statsmodels, scipy and arch)
Lines: `name value...`, in full precision; tests read them by name.
"""

import warnings

import numpy as np
from arch.unitroot import PhillipsPerron
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch
from statsmodels.stats.stattools import jarque_bera
from statsmodels.tsa.stattools import acf, adfuller, kpss, pacf

warnings.simplefilter("ignore")


def line(name, values):
    print(name, *(repr(float(value)) for value in np.atleast_1d(values)))


def generated():
    random = np.random.default_rng(20)
    walk = np.cumsum(random.normal(0.1, 1, 150))
    stationary = np.zeros(200)
    for i in range(1, 200):
        stationary[i] = 0.6 * stationary[i - 1] + random.normal()
    trend = 0.05 * np.arange(90) + random.normal(0, 1, 90) + np.tile([0, 1, -1], 30)
    volatile = random.normal(size=300)
    for i in range(1, 300):
        volatile[i] *= np.sqrt(0.2 + 0.7 * volatile[i - 1] ** 2)
    return {"walk": walk, "stationary": stationary, "trend": trend, "volatile": volatile, "short": walk[:14]}


def tests_of(name, y):
    line(f"{name}.series", y)
    lags = min(20, len(y) // 2 - 1)
    line(f"{name}.acf", acf(y, nlags=lags, fft=False))
    line(f"{name}.pacf", pacf(y, nlags=lags, method="ldb"))
    for regression in ("n", "c", "ct", "ctt"):
        result = adfuller(y, regression=regression, autolag="AIC")
        line(f"{name}.adf.{regression}", result[:4])
    line(f"{name}.adf.fixed", adfuller(y, maxlag=2, regression="c", autolag=None)[:4])
    for regression in ("c", "ct"):
        for rule in ("auto", "legacy"):
            line(f"{name}.kpss.{regression}.{rule}", kpss(y, regression=regression, nlags=rule)[:3])
    for regression in ("n", "c", "ct"):
        test = PhillipsPerron(y, trend=regression, test_type="tau", lags=4)
        line(f"{name}.pp.{regression}", [test.stat, test.pvalue])
    count = min(10, len(y) // 2)
    box = acorr_ljungbox(y, lags=[count], boxpierce=True, model_df=2)
    line(f"{name}.ljung_box", [count, *box.iloc[0]])
    if len(y) > 50:
        line(f"{name}.arch_lm", het_arch(y, nlags=4)[:2])
    line(f"{name}.jarque_bera", jarque_bera(y))


def distributions():
    points = [1e-10, 1e-4, 0.01, 0.2, 0.5, 0.7, 0.975, 0.9999]
    line("probabilities", points)
    line("normal.quantile", stats.norm.ppf(points))
    for degrees in (1, 2.5, 7, 300):
        line(f"student.{degrees}", stats.t.ppf(points, degrees))
        line(f"student.{degrees}.at", stats.t.cdf([-4, -0.3, 0, 1.5, 9], degrees))
        line(f"chi.{degrees}", stats.chi2.ppf(points, degrees))
        line(f"chi.{degrees}.upper", stats.chi2.sf([0.01, 1, 5, 60, 400], degrees))
        line(f"fisher.{degrees}", stats.f.ppf(points, degrees, 12))
        line(f"fisher.{degrees}.upper", stats.f.sf([0.01, 1, 5, 60, 400], degrees, 12))


distributions()
for series_name, series in generated().items():
    tests_of(series_name, series)
