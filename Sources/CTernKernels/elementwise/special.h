// Functions of numbers that are the same at every level.
#pragma once

// The logarithm of the absolute value of the gamma function.
double tern_lgamma(double x);
// The derivative of that, NaN at negative integers.
double tern_digamma(double x);
// Hurwitz's zeta function, the sum of (q + k)^-x over k >= 0; for q < 0 of an integer x.
double tern_zeta(double x, double q);
// Modified Bessel functions of orders 0 and 1, without and with a factor exp(-|x|), and those of the first kind.
double tern_i0(double x);
double tern_i0e(double x);
double tern_i1(double x);
double tern_i1e(double x);
double tern_bessel_j0(double x);
double tern_bessel_j1(double x);
// The incomplete gamma functions, divided by the complete one: from 0 to x, and from x on.
double tern_igamma(double a, double x);
double tern_igammac(double a, double x);
