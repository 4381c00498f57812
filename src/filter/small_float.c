/** \file
 * Floating point in 16 bits: bf16 (8 bits of exponent, 7 of fraction) and IEEE binary16 (5 and 10).
 *
 * A value is scaled by a power of two so that the numbers of the short format are the integers;
 * rounding that (to the nearest, ties to even; or up with the probability of the fraction) is exact
 * arithmetic in double precision, so that nothing is rounded twice. Bits follow from the integer
 * and the exponent by one addition, which also carries into the exponent. Finite values beyond the
 * greatest number become that number.
 */
#include <math.h>

#include "filter/filter.h"
#include "tern/random.h"

typedef struct format {
    unsigned fraction_bits;
    int      bias; /* of the exponent; the least normal exponent is 1 - bias */
    uint32_t infinity;
} format_t;

static const format_t bf16 = {7, 127, 0x7f80}, fp16 = {10, 15, 0x7c00};

/* 2^exponent, for exponents of normal doubles. */
static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double   power;

    memcpy(&power, &bits, sizeof power);
    return power;
}

static int exponent_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return (int)(bits >> 52 & 0x7ff) - 1023;
}

/* `draw` is uniform in [0, 1); negative: to the nearest. */
static double round_to_whole(double value, double draw)
{
    double below = floor(value);

    return draw < 0 ? rint(value) : below + (draw < value - below);
}

static uint32_t bits_of(const format_t *format, double value, double draw)
{
    uint32_t sign      = signbit(value) ? 0x8000 : 0;
    double   magnitude = fabs(value);
    int      least     = 1 - format->bias;
    int      exponent  = exponent_of(magnitude);
    uint32_t bits;

    if (isnan(value))
        return format->infinity | 1u << (format->fraction_bits - 1);
    if (isinf(value))
        return sign | format->infinity;
    if (exponent > format->bias)
        return sign | (format->infinity - 1);
    if (exponent < least)
        exponent = least;
    bits = (uint32_t)(exponent - least) << format->fraction_bits;
    bits += (uint32_t)round_to_whole(
        magnitude * power_of_two((int)format->fraction_bits - exponent), draw);
    return sign | (bits < format->infinity ? bits : format->infinity - 1);
}

static double value_of(const format_t *format, uint32_t bits)
{
    uint32_t magnitude = bits & 0x7fff;
    uint32_t fraction  = magnitude & ((1u << format->fraction_bits) - 1);
    int      exponent  = (int)(magnitude >> format->fraction_bits);
    double   value;

    if (magnitude >= format->infinity)
        value = magnitude > format->infinity ? NAN : INFINITY;
    else if (exponent == 0)
        value = fraction * power_of_two(1 - format->bias - (int)format->fraction_bits);
    else
        value = (fraction + (1u << format->fraction_bits)) *
                power_of_two(exponent - format->bias - (int)format->fraction_bits);
    return bits & 0x8000 ? -value : value;
}

static tern_status_t encode(const format_t *format, tern_filter_step_t *step,
                            tern_section_t *section)
{
    const tern_filter_shape_t *shape      = &section->shape;
    size_t                     num_values = section->num_rows * shape->width;
    char *to = tern_section_room(section, num_values * sizeof(uint16_t));

    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_values; i++) {
        double   draw = step->has_word ? tern_random_unit(shape->seed, shape->stream,
                                                          step->num_draws++)
                                       : -1;
        uint16_t bits =
            (uint16_t)bits_of(format, tern_filter_get(shape, section->values, i), draw);

        memcpy(to + i * sizeof bits, &bits, sizeof bits);
    }
    tern_section_replace(section, num_values * sizeof(uint16_t));
    return TERN_OK;
}

static tern_status_t decode(const format_t *format, tern_section_t *section)
{
    size_t num_values = section->num_bytes / sizeof(uint16_t);
    size_t row_bytes  = tern_filter_row_bytes(&section->shape);
    char  *to;

    section->num_rows = num_values / section->shape.width;
    if (section->num_bytes != section->num_rows * section->shape.width * sizeof(uint16_t))
        return TERN_ERR_FORMAT;
    to = tern_section_room(section, section->num_rows * row_bytes);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_values; i++) {
        uint16_t bits;

        memcpy(&bits, section->values + i * sizeof bits, sizeof bits);
        tern_filter_put(&section->shape, to, i, value_of(format, bits));
    }
    tern_section_replace(section, section->num_rows * row_bytes);
    return TERN_OK;
}

static tern_status_t encode_bf16(tern_filter_step_t *step, tern_section_t *section)
{
    return encode(&bf16, step, section);
}

static tern_status_t decode_bf16(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return decode(&bf16, section);
}

static tern_status_t encode_fp16(tern_filter_step_t *step, tern_section_t *section)
{
    return encode(&fp16, step, section);
}

static tern_status_t decode_fp16(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return decode(&fp16, section);
}

const tern_filter_ops_t tern_filter_bf16 = {
    .name         = "bf16",
    .stage        = TERN_STAGE_VALUES,
    .word         = "stochastic",
    .is_for_pulls = true,
    .encode       = encode_bf16,
    .decode       = decode_bf16,
};

const tern_filter_ops_t tern_filter_fp16 = {
    .name         = "fp16",
    .stage        = TERN_STAGE_VALUES,
    .word         = "stochastic",
    .is_for_pulls = true,
    .encode       = encode_fp16,
    .decode       = decode_fp16,
};
