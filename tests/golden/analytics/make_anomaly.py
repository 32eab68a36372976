"""Golden values of src/analytics/anomaly: isolation forest (scikit-learn), random cut displacement (rrcf), Pareto
tails (SciPy), on seeded data.

Usage: pip install numpy scipy scikit-learn rrcf; python make_anomaly.py
"""

import numpy as np
import rrcf
from golden_file import write
from scipy.stats import genpareto
from sklearn.ensemble import IsolationForest

rng = np.random.default_rng(5)
rows = np.round(np.vstack([rng.normal(0, 1, (290, 4)), rng.uniform(-6, 6, (10, 4))]), 5)
forest = IsolationForest(n_estimators=1000, random_state=0).fit(rows)

points = np.round(np.vstack([rng.normal(0, 1, (124, 3)), rng.uniform(4, 7, (4, 3))]), 5)
np.random.seed(9)
displacement = np.zeros(len(points))
for _ in range(1000):
    tree = rrcf.RCTree(points)
    displacement += [tree.codisp(index) for index in range(len(points))]

tails = {}
for shape in (-0.3, 0.05, 0.4):
    excesses = np.round(genpareto.rvs(shape, scale=2.0, size=400, random_state=int(100 * abs(shape))), 6)
    fitted = genpareto.fit(excesses, floc=0)
    label = f"{shape:.2f}"
    tails[f"excesses_{label}"] = excesses
    tails[f"likelihood_{label}"] = genpareto.logpdf(excesses, *fitted).sum()
    tails[f"quantile_{label}"] = genpareto.isf(0.01, *fitted)
write(
    "anomaly",
    {"rows": rows, "isolation": -forest.score_samples(rows), "points": points, "displacement": displacement / 1000}
    | tails,
)
