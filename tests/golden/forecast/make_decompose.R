# Golden values of src/analytics/decompose from R's stl() and forecast::BoxCox.lambda(), over the series of decompose.txt.
# Usage: Rscript make_decompose.R decompose.txt > decompose_r.txt
lines <- strsplit(readLines(commandArgs(trailingOnly = TRUE)[1]), " ")
series <- function(name) as.numeric(Filter(function(words) words[1] == name, lines)[[1]][-1])
line <- function(name, values) cat(name, format(as.numeric(values), digits = 17, trim = TRUE), "\n")
parts <- function(name, fit) {
  line(paste0(name, ".season"), fit$time.series[, "seasonal"])
  line(paste0(name, ".trend"), fit$time.series[, "trend"])
  line(paste0(name, ".weights"), fit$weights)
}
monthly <- ts(series("monthly"), frequency = 12)
parts("r.plain", stl(monthly, s.window = 7))
# An odd number of values: with an even one R 4.2 scales robustness weights by a wrong order statistic (its partial sort
# is asked for the two middle ranks in descending order), not by the median of the published method.
odd <- ts(series("monthly")[1:149], frequency = 12)
parts("r.robust", stl(odd, s.window = 7, robust = TRUE))
parts("r.periodic", stl(monthly, s.window = "periodic"))
parts("r.periodic.robust", stl(odd, s.window = "periodic", robust = TRUE))
parts("r.window13", stl(monthly, s.window = 13))
line("guerrero.monthly", forecast::BoxCox.lambda(monthly, method = "guerrero"))
line("guerrero.positive", forecast::BoxCox.lambda(ts(series("positive"), frequency = 12), method = "guerrero"))
line("guerrero.plain", forecast::BoxCox.lambda(series("positive"), method = "guerrero"))
