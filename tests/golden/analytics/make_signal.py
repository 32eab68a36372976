"""Golden values of src/analytics/signal from SciPy and PyWavelets, on a seeded series.

Usage: pip install numpy scipy PyWavelets; python make_signal.py
"""

import numpy as np
import pywt
import scipy.signal as ss
from golden_file import interleaved, write

rng = np.random.default_rng(7)
n = 200
t = np.arange(n)
x = np.round(np.sin(t / 5) + 0.5 * np.cos(t / 2.3) + rng.normal(0, 0.5, n), 6)
y = np.round(np.roll(x, 3) + rng.normal(0, 0.5, n), 6)
out = {"x": x, "y": y}
for size in (1, 2, 97, 180):
    out[f"rfft_{size}"] = interleaved(np.fft.rfft(x[:size]))
out["fft_60"] = interleaved(np.fft.fft(x[:60] + 1j * y[:60]))
out["periodogram_hann"] = ss.periodogram(x, fs=10, window="hann")[1]
out["periodogram_line"] = ss.periodogram(x[:199], fs=10, detrend="linear", scaling="spectrum")[1]
out["welch"] = ss.welch(x, fs=4, nperseg=64)[1]
out["welch_frequencies"] = ss.welch(x, fs=4, nperseg=64)[0]
out["welch_blackman"] = ss.welch(x, nperseg=65, noverlap=20, window="blackman", scaling="spectrum")[1]
out["csd"] = interleaved(ss.csd(x, y, nperseg=64)[1])
out["coherence"] = ss.coherence(x, y, nperseg=64)[1]
f, times, z = ss.stft(x, nperseg=64, detrend=False, boundary=None, padded=False)
out["stft"] = interleaved(z.T)
out["stft_times"] = times
out["spectrogram"] = ss.spectrogram(x, nperseg=64, noverlap=32, window="hamming")[2].T
uneven = np.sort(np.round(rng.uniform(0, 100, 150), 6))
values = np.round(np.sin(0.9 * uneven) + rng.normal(0, 0.3, 150), 6)
w = np.linspace(0.05, 3, 40)
out |= {"lomb_times": uneven, "lomb_values": values, "lomb_w": w, "lomb": ss.lombscargle(uneven, values, w)}
out["cepstrum"] = np.real(np.fft.ifft(np.log(np.abs(np.fft.fft(x)))))
out["envelope"] = np.abs(ss.hilbert(x))
out["phase"] = np.unwrap(np.angle(ss.hilbert(x[:199])))
out["correlate"] = ss.correlate(x, y[:90], mode="full")
bands = {"low": 0.2, "high": 0.3, "pass": [0.2, 0.5], "stop": [0.2, 0.5]}
kinds = {"low": "lowpass", "high": "highpass", "pass": "bandpass", "stop": "bandstop"}
for name, cutoff in bands.items():
    for order in (1, 4, 5):
        designs = {
            "butterworth": ss.butter(order, cutoff, kinds[name], output="sos"),
            "chebyshev1": ss.cheby1(order, 1.0, cutoff, kinds[name], output="sos"),
            "chebyshev2": ss.cheby2(order, 40.0, cutoff, kinds[name], output="sos"),
        }
        for family, sos in designs.items():
            out[f"{family}_{name}_{order}"] = ss.sosfilt(sos, x)[-60:]
            out[f"{family}_{name}_{order}_zero"] = ss.sosfiltfilt(sos, x)[:60]
    taps = ss.firwin(51, cutoff, pass_zero=kinds[name])
    out[f"fir_{name}"] = taps
    out[f"fir_{name}_filtered"] = ss.lfilter(taps, 1, x)[-60:]
for up, down in ((3, 2), (2, 3), (1, 7), (5, 1), (6, 4)):
    out[f"resample_{up}_{down}"] = ss.resample_poly(x, up, down)
for wavelet, label in (("db1", "haar"), ("db2", "db2"), ("db3", "db3"), ("db4", "db4")):
    for size in (200, 37):
        parts = pywt.wavedec(x[:size], wavelet, mode="symmetric", level=2)
        out[f"dwt_{label}_{size}"] = np.concatenate(parts)
write("signal", out)
