// The incomplete gamma functions, P(a, x) and Q(a, x) = 1 - P(a, x): a series for x below about a, a continued fraction
// above, so that the smaller of both keeps its digits; for large a Temme's expansion about x = a (Temme, "The
// asymptotic expansion of the incomplete gamma functions", 1979).
#include "special.h"

#include <math.h>

extern double lgamma_r(double, int *);

// log(1 + m) - m
static double log1p_less(double m) {
    if (fabs(m) > 0.5) return log1p(m) - m;
    // With s = m / (2 + m) the logarithm is 2 (s + s^3 / 3 + s^5 / 5 + ...).
    const double s = m / (2 + m), square = s * s;
    double power = 1, sum = 0;
    for (int k = 3; k < 41; k += 2) {
        const double term = power / k;
        sum += term;
        if (term < 0x1p-55) break;
        power *= square;
    }
    return 2 * s * square * sum - m * s;
}

// x^a exp(-x) / gamma(a + 1)
static double prefactor(double a, double x) {
    if (a < 10) return x > 1000 ? 0 : pow(x, a) * exp(-x) / tgamma(a + 1);
    // gamma(a + 1) = sqrt(2 pi a) (a / e)^a exp(Stirling's series)
    const double z = 1 / (a * a);
    const double stirling =
        (1.0 / 12 -
         z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360 - z / 156)))))) /
        a;
    return exp(a * log1p_less((x - a) / a) - stirling) / sqrt(6.28318530717958647693 * a);
}

static double lower_series(double a, double x) {
    double term = 1, sum = 1, n = a;
    while (term > 0x1p-54 * sum) {
        n += 1;
        term *= x / n;
        sum += term;
    }
    return prefactor(a, x) * sum;
}

// Lentz's way to evaluate 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...))).
static double upper_fraction(double a, double x) {
    const double tiny = 0x1p-1000;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (double i = 1;; i += 1) {
        const double numerator = i * (a - i);
        b += 2;
        d = numerator * d + b;
        if (fabs(d) < tiny) d = tiny;
        c = b + numerator / c;
        if (fabs(c) < tiny) c = tiny;
        d = 1 / d;
        const double factor = c * d;
        h *= factor;
        if (fabs(factor - 1) <= 0x1p-51 || i > 1e5) return prefactor(a, x) * a * h;
    }
}

// log(gamma(1 + a)) for 0 < a < 1, in proportion to a: -0.577 a + the sum of zeta(k) (-a)^k / k.
static double lgamma_above1(double a) {
    static const double terms[] = {0.1000994575127818,  -0.11133426586956469, 0.12550966952474304, -0.14404989676884612,
                                   0.16955717699740818, -0.20738555102867398, 0.27058080842778454, -0.40068563438653143,
                                   0.82246703342411321, -0.57721566490153286};
    if (a < 0.02) {
        double sum = 0;
        for (int i = 0; i < 10; i++) sum = sum * a + terms[i];
        return sum * a;
    }
    int sign;
    return lgamma_r(1 + a, &sign);
}

// Q for small a and x: 1 - x^a / gamma(1 + a) * (1 + a * the sum of (-x)^n / (n! (a + n))).
static double upper_series(double a, double x) {
    double term = 1, sum = 0;
    for (int n = 1; fabs(term) > 0x1p-60; n++) {
        term *= -x / n;
        sum += term / (a + n);
    }
    const double exponent = a * log(x) - lgamma_above1(a);
    return -(expm1(exponent) + exp(exponent) * a * sum);
}

// P, or Q if `upper`, of a >= 1e6.
static double temme(double a, double x, int upper) {
    static const double first[] = {-1.0 / 3, 1.0 / 12, -2.0 / 135, 1.0 / 864, 1.0 / 2835, -139.0 / 777600, 1.0 / 25515};
    static const double second[] = {-1.0 / 540, -1.0 / 288, 25.0 / 6048};
    const double m = (x - a) / a;
    if (m < -0.1 || m > 0.1) return (m > 0) ^ upper;
    const double exponent = -log1p_less(m), eta = copysign(sqrt(2 * exponent), m);
    double c0 = 0, c1 = 0;
    for (int i = 6; i >= 0; i--) c0 = c0 * eta + first[i];
    for (int i = 2; i >= 0; i--) c1 = c1 * eta + second[i];
    const double rest = exp(-a * exponent) / sqrt(6.28318530717958647693 * a) * (c0 + c1 / a);
    const double argument = eta * sqrt(a * 0.5);
    return upper ? 0.5 * erfc(argument) + rest : 0.5 * erfc(-argument) - rest;
}

static double incomplete(double a, double x, int upper) {
    if (!(a >= 0 && x >= 0)) return NAN;
    if (a == 0) return x > 0 ? !upper : NAN;
    if (x == 0) return upper;
    if (isinf(a)) return isinf(x) ? NAN : upper;
    if (isinf(x)) return !upper;
    if (a >= 1e6) return temme(a, x, upper);
    if (x > 1.1 && x > a) {
        const double q = upper_fraction(a, x);
        return upper ? q : 1 - q;
    }
    if (upper && a < 1 && x <= 1.1) return upper_series(a, x);
    const double p = lower_series(a, x);
    return upper ? 1 - p : p;
}

double tern_igamma(double a, double x) { return incomplete(a, x, 0); }
double tern_igammac(double a, double x) { return incomplete(a, x, 1); }
