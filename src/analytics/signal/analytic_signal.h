// The analytic signal (Hilbert transform) and what follows from it: envelope, phase, instantaneous frequency.
// Source:  Gabor 1946; Marple 1999 (transform of the half spectrum).
// Threads: pure functions.
// Errors:  kInvalidArgument for an empty or non-finite series.
#pragma once

#include "analytics/series.h"
#include "analytics/signal/fft.h"
#include "model/result.h"

namespace streamflow::analytics {

Result<Spectrum> analytic_signal(SeriesView series);
// Magnitude of the analytic signal.
Result<Series> envelope(SeriesView series);
// Phase in radians, unwrapped: neighbours differ by at most pi.
Result<Series> instantaneous_phase(SeriesView series);

}  // namespace streamflow::analytics
