// Distribution functions and quantiles: normal, Student's t, chi-squared, F.
// Source:     incomplete gamma and beta functions by series and Lentz's continued fractions (Press et al., Numerical
//             Recipes, sections 6.2 and 6.4; own code), quantiles by Newton steps kept inside a bracket.
// Invariants: relative error below 1e-10 for probabilities in [1e-12, 1 - 1e-12] and up to 1e6 degrees of freedom.
//             Quantiles answer -infinity or infinity at probability 0 or 1, and NaN outside [0, 1].
// Threads:    pure.
#pragma once

namespace streamflow::analytics {

double normal_density(double x);
double normal_probability(double x);         // P(X <= x)
double normal_quantile(double probability);  // of the lower tail

double gamma_lower_regularised(double shape, double x);  // P(a, x)
double gamma_upper_regularised(double shape, double x);  // Q(a, x), without cancellation
double beta_regularised(double a, double b, double x);   // I_x(a, b)

double student_probability(double x, double degrees);
double student_quantile(double probability, double degrees);
double chi_squared_probability(double x, double degrees);
double chi_squared_upper(double x, double degrees);  // P(X > x)
double chi_squared_quantile(double probability, double degrees);
double fisher_probability(double x, double degrees_numerator, double degrees_denominator);
double fisher_upper(double x, double degrees_numerator, double degrees_denominator);  // P(X > x)
double fisher_quantile(double probability, double degrees_numerator, double degrees_denominator);

}  // namespace streamflow::analytics
