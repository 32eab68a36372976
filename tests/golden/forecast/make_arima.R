# Golden values of src/analytics/forecast/arima from R's arima() and forecast 8.20, over seeded series.
# Usage: Rscript make_arima.R > arima_r.txt
suppressMessages(library(forecast))
line <- function(name, values) cat(name, format(as.numeric(values), digits = 15, trim = TRUE), "\n")
set.seed(5)
season <- function(n, m, ma) {
  e <- rnorm(n + m + 1)
  u <- e[(m + 2):(n + m + 1)] - 0.4 * e[(m + 1):(n + m)] - ma * e[2:(n + 1)] + 0.4 * ma * e[1:n]
  as.numeric(diffinv(diffinv(u, lag = m), lag = 1))[(m + 2):(n + m + 1)]
}
series <- list(
  ar = ts(round(20 + arima.sim(list(ar = c(0.6, -0.3)), 120), 4)),
  arma = ts(round(5 + arima.sim(list(ar = 0.7, ma = 0.4), 150), 4)),
  walk = ts(round(10 + cumsum(0.5 + arima.sim(list(ma = -0.5), 100)), 4)),
  airline = ts(round(20 + season(132, 12, 0.5), 4), frequency = 12),
  quarters = ts(round(10 + cumsum(rnorm(72, 0.2, 1)) + rep(c(3, -2, 1, -2), 18), 4), frequency = 4),
  hours = ts(round(10 + season(336, 24, 0.6), 4), frequency = 24)
)
orders <- list(
  ar = list(c(2, 0, 0), c(0, 0, 0), TRUE), arma = list(c(1, 0, 1), c(0, 0, 0), TRUE),
  walk = list(c(0, 1, 1), c(0, 0, 0), TRUE), airline = list(c(0, 1, 1), c(0, 1, 1), FALSE),
  quarters = list(c(1, 0, 0), c(2, 1, 0), TRUE), hours = list(c(0, 1, 1), c(0, 1, 1), FALSE)
)
for (name in names(series)) {
  y <- series[[name]]
  order <- orders[[name]]
  line(name, y)
  line(paste0(name, ".order"), c(order[[1]], order[[2]], order[[3]]))
  fit <- Arima(y, order = order[[1]], seasonal = order[[2]], include.constant = order[[3]], method = "ML",
               optim.control = list(reltol = 1e-12, maxit = 500))
  line(paste0(name, ".coefficients"), coef(fit))
  line(paste0(name, ".likelihood"), fit$loglik)
  line(paste0(name, ".sigma2"), fit$sigma2)
  forecasts <- forecast(fit, h = 12, level = 95)
  line(paste0(name, ".mean"), forecasts$mean)
  line(paste0(name, ".upper"), forecasts$upper)
  best <- auto.arima(y, approximation = FALSE)
  line(paste0(name, ".auto"), c(arimaorder(best), rep(0, 6))[1:6])
  line(paste0(name, ".auto.aicc"), best$aicc)
}
x <- round(sin(1:80) + rnorm(80), 4)
z <- round(cumsum(rnorm(80)), 4)
y <- ts(round(10 + 2 * x[1:70] - 0.5 * z[1:70] + arima.sim(list(ar = 0.5), 70), 4))
fit <- Arima(y, order = c(1, 0, 0), xreg = cbind(x = x[1:70], z = z[1:70]), method = "ML",
             optim.control = list(reltol = 1e-12))
line("explained", y)
line("explained.x", x)
line("explained.z", z)
line("explained.coefficients", coef(fit))
line("explained.likelihood", fit$loglik)
line("explained.mean", forecast(fit, xreg = cbind(x = x[71:80], z = z[71:80]))$mean)
