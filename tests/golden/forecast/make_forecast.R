# Golden values of src/analytics/forecast from R's forecast package (8.20), over seeded series.
# Usage: Rscript make_forecast.R > forecast_r.txt
suppressMessages(library(forecast))
line <- function(name, values) cat(name, format(as.numeric(values), digits = 15, trim = TRUE), "\n")
set.seed(11)
t <- 1:96
series <- list(
  monthly = ts(round((100 + 0.8 * t) * (1 + 0.2 * sin(2 * pi * t / 12)) * exp(rnorm(96, 0, 0.03)), 3), frequency = 12),
  quarterly = ts(round(50 + cumsum(rnorm(48, 0.2, 1)) + rep(c(3, -2, 1, -2), 12), 3), frequency = 4),
  yearly = ts(round(500 + cumsum(rnorm(40, 4, 10)), 3)),
  noise = ts(round(rnorm(60, 20, 2), 3))
)
write_forecast <- function(name, fit) {
  line(paste0(name, ".mean"), fit$mean)
  line(paste0(name, ".lower"), fit$lower[, 2])
  line(paste0(name, ".upper"), fit$upper[, 2])
}
for (name in names(series)) {
  y <- series[[name]]
  line(name, y)
  write_forecast(paste0(name, ".theta"), thetaf(y, h = 12))
  write_forecast(paste0(name, ".naive"), naive(y, h = 12))
  write_forecast(paste0(name, ".snaive"), snaive(y, h = 12))
  write_forecast(paste0(name, ".drift"), rwf(y, h = 12, drift = TRUE))
  forms <- list(c("ANN", FALSE), c("AAN", FALSE), c("AAN", TRUE), c("MNN", FALSE), c("MAN", TRUE))
  if (frequency(y) > 1) forms <- c(forms, list(c("ANA", FALSE), c("AAA", FALSE), c("MNM", FALSE), c("MAM", FALSE), c("MAA", TRUE)))
  for (form in forms) {
    fit <- ets(y, model = form[1], damped = form[2] == "TRUE")
    label <- paste0(name, ".", form[1], if (form[2] == "TRUE") "d" else "")
    line(paste0(label, ".aicc"), fit$aicc)
    write_forecast(label, forecast(fit, h = 12, level = c(80, 95)))
  }
  best <- ets(y)
  line(paste0(name, ".auto.aicc"), best$aicc)
}
