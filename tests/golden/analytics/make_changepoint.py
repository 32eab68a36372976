"""Golden break lists from ruptures with jump = 1, and run length posteriors by the textbook recursion, seeded.

Usage: pip install numpy scipy ruptures; python make_changepoint.py
"""

import numpy as np
import ruptures
from golden_file import write
from scipy.stats import t as student

rng = np.random.default_rng(3)
steps = np.concatenate([rng.normal(m, s, k) for m, s, k in ((0, 1, 90), (4, 1, 70), (4, 3, 60), (-2, 0.5, 80))])
lines = np.concatenate([np.linspace(0, 10, 100), np.linspace(10, -5, 80), np.linspace(3, 3, 70)])
lines = lines + rng.normal(0, 0.7, 250)
steps, lines = np.round(steps, 6), np.round(lines, 6)
out = {"steps": steps, "lines": lines}
design = np.column_stack([lines, np.arange(250) - 125.0, np.ones(250)])
for penalty in (3, 10, 40):
    for label, data, model in (("mean", steps, "l2"), ("normal", steps, "normal"), ("linear", design, "linear")):
        out[f"pelt_{label}_{penalty}"] = ruptures.Pelt(model, min_size=3, jump=1).fit_predict(data, pen=penalty)
        out[f"binary_{label}_{penalty}"] = ruptures.Binseg(model, min_size=3, jump=1).fit_predict(data, pen=penalty)
        out[f"window_{label}_{penalty}"] = ruptures.Window(60, model, min_size=3, jump=1).fit_predict(data, pen=penalty)

values = steps[60:140]
probability, mu, kappa, alpha, beta = np.array([1.0]), np.zeros(1), np.ones(1), np.ones(1), np.ones(1)
for value in values:
    predictive = student.pdf(value, 2 * alpha, mu, np.sqrt(beta * (kappa + 1) / (alpha * kappa)))
    grown = probability * predictive * (1 - 1 / 250)
    probability = np.append((probability * predictive / 250).sum(), grown)
    probability /= probability.sum()
    new_beta = beta + kappa * (value - mu) ** 2 / (2 * (kappa + 1))
    mu = np.append(0.0, (kappa * mu + value) / (kappa + 1))
    kappa, alpha, beta = np.append(1.0, kappa + 1), np.append(1.0, alpha + 0.5), np.append(1.0, new_beta)
out["run_lengths"] = probability
write("changepoint", out)
