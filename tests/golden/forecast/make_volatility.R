# Golden values of GARCH(1,1) from R's tseries and of a vector autoregression from lm(), over seeded series.
# Usage: Rscript make_volatility.R > volatility_r.txt
suppressMessages(library(tseries))
line <- function(name, values) cat(name, format(as.numeric(values), digits = 15, trim = TRUE), "\n")
set.seed(21)
n <- 1500
e <- numeric(n)
variance <- 1
for (t in 1:n) {
  e[t] <- rnorm(1) * sqrt(variance)
  variance <- 0.1 + 0.12 * e[t]^2 + 0.8 * variance
}
e <- round(e - mean(e), 5)
line("returns", e)
line("garch", coef(garch(e, order = c(1, 1), trace = FALSE)))
n <- 200
y <- matrix(0, n, 2)
for (t in 2:n) y[t, ] <- c(1, 0.5) + matrix(c(0.6, 0.2, -0.3, 0.5), 2) %*% y[t - 1, ] + rnorm(2)
y <- round(y, 4)
line("var.first", y[, 1])
line("var.second", y[, 2])
x <- cbind(y[2:(n - 1), ], y[1:(n - 2), ])
first <- lm(y[3:n, 1] ~ x)
second <- lm(y[3:n, 2] ~ x)
line("var.coefficients.first", coef(first))
line("var.coefficients.second", coef(second))
line("var.covariance", sum(resid(first) * resid(second)) / (n - 2 - 5))
path <- y
for (h in 1:3) {
  last <- c(1, path[nrow(path), ], path[nrow(path) - 1, ])
  path <- rbind(path, c(sum(coef(first) * last), sum(coef(second) * last)))
}
line("var.mean.first", path[n + 1:3, 1])
line("var.mean.second", path[n + 1:3, 2])
