// Functions of numbers that are the same at every level.
#pragma once

// The logarithm of the absolute value of the gamma function.
double tern_lgamma(double x);
// The derivative of that, NaN at negative integers.
double tern_digamma(double x);
// Hurwitz's zeta function, the sum of (q + k)^-x over k >= 0; for q < 0 of an integer x.
double tern_zeta(double x, double q);
