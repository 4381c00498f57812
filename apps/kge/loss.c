/** \file
 * Losses of one query, see loss.h.
 *
 * The exponential is a polynomial that the compiler vectorises: 2^n * p(r), |r| <= log(2) / 2, relative
 * error below 3e-7 (coefficients of Cephes' expf, Moshier). A sum of logarithms is the logarithm of
 * products short enough not to overflow.
 */
#include "loss.h"

#include "simd.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

APP_INLINE float exponential(float x)
{
    const float rounding = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    float       clamped  = x > 87.0f ? 87.0f : x < -87.0f ? -87.0f : x;
    float       shifted  = clamped * 1.44269504f + rounding;
    float       n        = shifted - rounding;
    float       r        = clamped - n * 0.693359375f - n * -2.12194440e-4f;
    float       p        = 1.9875691500e-4f;
    int32_t     bits     = 0;
    float       power    = 0;

    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;

    memcpy(&bits, &shifted, sizeof(bits));
    bits = (int32_t)((uint32_t)bits << 23) + 0x3f800000; /* 2^n */
    memcpy(&power, &bits, sizeof(power));
    return x < -87.0f ? 0.0f : p * power;
}

enum { PRODUCT_TERMS = 64 }; /* each factor is at most 2 */

/* Replace scores by sigmoid(score); returns the sum of log(1 + exp(score)). */
APP_CLONES
static double logistic_terms(size_t num, float scores[])
{
    double loss = 0;

    for (size_t first = 0; first < num; first += PRODUCT_TERMS) {
        size_t end     = num - first < PRODUCT_TERMS ? num : first + PRODUCT_TERMS;
        float  linear  = 0;
        float  product = 1;

#pragma omp simd reduction(+ : linear) reduction(* : product)
        for (size_t i = first; i < end; i++) {
            float score = scores[i];
            float e     = exponential(-fabsf(score));
            float top   = score >= 0 ? 1.0f : e;

            linear += score > 0 ? score : 0;
            product *= 1 + e;
            scores[i] = top / (1 + e);
        }
        loss += (double)linear + log((double)product);
    }
    return loss;
}

static double logistic(float answer, size_t num, float scores[], float margin,
                       float *answer_gradient_p)
{
    float  opposite = -answer;
    double loss     = logistic_terms(1, &opposite);

    (void)margin;
    *answer_gradient_p = -opposite;
    return loss + logistic_terms(num, scores);
}

APP_CLONES
static float largest(size_t num, const float scores[], float start)
{
    float max = start;

#pragma omp simd reduction(max : max)
    for (size_t i = 0; i < num; i++)
        max = scores[i] > max ? scores[i] : max;
    return max;
}

/* Replace scores by exp(score - max); returns their sum. */
APP_CLONES
static float exponentials(size_t num, float scores[], float max)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < num; i++) {
        scores[i] = exponential(scores[i] - max);
        sum += scores[i];
    }
    return sum;
}

APP_CLONES
static void scale(size_t num, float values[], float factor)
{
    for (size_t i = 0; i < num; i++)
        values[i] *= factor;
}

static double softmax(float answer, size_t num, float scores[], float margin,
                      float *answer_gradient_p)
{
    float max = largest(num, scores, answer);
    float top = expf(answer - max);
    float sum = top + exponentials(num, scores, max);

    (void)margin;
    scale(num, scores, 1 / sum);
    *answer_gradient_p = top / sum - 1;
    return log((double)sum) + (double)max - (double)answer;
}

APP_CLONES
static double margin_terms(size_t num, float scores[], float margin, float *active_p)
{
    float loss = 0, active = 0;

#pragma omp simd reduction(+ : loss, active)
    for (size_t i = 0; i < num; i++) {
        float violation = margin + scores[i];
        float is_active = violation > 0 ? 1.0f : 0.0f;

        loss += violation > 0 ? violation : 0;
        active += is_active;
        scores[i] = is_active;
    }
    *active_p = active;
    return loss;
}

static double margin_ranking(float answer, size_t num, float scores[], float margin,
                             float *answer_gradient_p)
{
    float  active = 0;
    double loss   = margin_terms(num, scores, margin - answer, &active);

    *answer_gradient_p = -active;
    return loss;
}

static const kge_loss_t losses[] = {
    {"logistic", logistic},
    {"softmax", softmax},
    {"margin", margin_ranking},
};

const kge_loss_t *kge_loss_find(const char *name)
{
    for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
        if (strcmp(name, losses[i].name) == 0)
            return &losses[i];
    return NULL;
}
