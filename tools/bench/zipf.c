/** \file
 * Rejection-inversion. The helpers are series where the exponent is near 1.
 */
#include "zipf.h"

#include <math.h>

#include "tern/random.h"

/* expm1(x) / x and log1p(x) / x, also at 0. */
static double expm1_over(double x)
{
    return fabs(x) > 1e-8 ? expm1(x) / x : 1.0 + x * 0.5;
}

static double log1p_over(double x)
{
    return fabs(x) > 1e-8 ? log1p(x) / x : 1.0 - x * 0.5;
}

static double hat(const zipf_t *zipf, double x)
{
    return exp(-zipf->exponent * log(x));
}

static double integral(const zipf_t *zipf, double x)
{
    return expm1_over((1.0 - zipf->exponent) * log(x)) * log(x);
}

static double inverse(const zipf_t *zipf, double y)
{
    return exp(log1p_over(fmax(y * (1.0 - zipf->exponent), -1.0)) * y);
}

void zipf_init(zipf_t *zipf, uint64_t num, double exponent)
{
    zipf->num      = num;
    zipf->exponent = exponent;
    zipf->low      = integral(zipf, 1.5) - 1.0;
    zipf->high     = integral(zipf, (double)num + 0.5);
    zipf->shortcut = 2.0 - inverse(zipf, integral(zipf, 2.5) - hat(zipf, 2.0));
}

uint64_t zipf_draw(const zipf_t *zipf, uint64_t seed, uint64_t stream,
                   uint64_t *counter_p)
{
    for (;;) {
        double u = zipf->high + tern_random_unit(seed, stream, (*counter_p)++) *
                                    (zipf->low - zipf->high);
        double x = inverse(zipf, u);
        double k = fmin(fmax(floor(x + 0.5), 1.0), (double)zipf->num);

        if (k - x <= zipf->shortcut || u >= integral(zipf, k + 0.5) - hat(zipf, k))
            return (uint64_t)k - 1;
    }
}
