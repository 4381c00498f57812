/** \file
 * Fixed point: each value in B bytes, as a step between the least and the greatest of its column in
 * the message.
 *
 * With L steps from min to max a value v lies at x = (v - min) / (max - min) L between two steps;
 * it goes to the upper one with probability x - floor(x), else to the lower, so that its
 * expectation is v. (The authors' code adds a random bit of probability 1/2 whatever the fraction
 * is, which is not.) The three highest codes are infinity, -infinity and NaN.
 *
 * With feedback, what rounding took from a key is added to its next push (Seide et al., Interspeech
 * 2014), so that the error of all pushes to a key together stays that of one.
 *
 * Columns follow one another, so that numbers of one kind meet a later compressor together. The
 * notes are min and max of each column and the number of rows.
 */
#include <math.h>
#include <string.h>

#include "filter/filter.h"
#include "tern/random.h"

typedef struct ends {
    double least, greatest;
} ends_t;

/* How the numbers of a code are used. */
typedef struct scale {
    unsigned bytes;
    double   steps; /* from the least to the greatest */
    uint64_t infinite, minus_infinite, not_a_number;
} scale_t;

static scale_t scale_of(const tern_filter_step_t *step)
{
    unsigned bytes = (unsigned)step->number;
    uint64_t codes = UINT64_C(1) << 8 * bytes;

    return (scale_t){bytes, (double)(codes - 4), codes - 3, codes - 2, codes - 1};
}

/* What is owed to the key of row i; NULL: this message has no feedback. */
static double *owed_to(tern_filter_step_t *step, const tern_section_t *section, size_t i)
{
    return step->has_word && section->keys != NULL
               ? tern_residue_row(&step->residue, section->keys[i], section->shape.width)
               : NULL;
}

/* Column j of row i, and what is owed of it. */
static double wanted(const tern_section_t *section, const double *owed, size_t i,
                     uint32_t j)
{
    size_t at = i * section->shape.width + j;

    return tern_filter_get(&section->shape, section->values, at) +
           (owed != NULL ? owed[j] : 0);
}

static ends_t find_ends(tern_filter_step_t *step, const tern_section_t *section,
                        uint32_t j)
{
    ends_t ends = {INFINITY, -INFINITY};

    for (size_t i = 0; i < section->num_rows; i++) {
        double value = wanted(section, owed_to(step, section, i), i, j);

        if (!isfinite(value))
            continue;
        ends.least    = fmin(ends.least, value);
        ends.greatest = fmax(ends.greatest, value);
    }
    return ends.least <= ends.greatest ? ends : (ends_t){0, 0};
}

/* How far from the least to the greatest; by halves, where the whole would overflow. */
static double share_of(ends_t ends, double value)
{
    double half = isfinite(ends.greatest - ends.least) ? 1 : 0.5;

    if (ends.least == ends.greatest)
        return 0;
    return (value * half - ends.least * half) /
           (ends.greatest * half - ends.least * half);
}

static uint64_t code_of(const scale_t *scale, ends_t ends, double value, double draw)
{
    double at, below;

    if (isnan(value))
        return scale->not_a_number;
    if (isinf(value))
        return value > 0 ? scale->infinite : scale->minus_infinite;
    at    = share_of(ends, value) * scale->steps;
    below = floor(at);
    return (uint64_t)fmin(below + (draw < at - below), scale->steps);
}

static double value_of(const scale_t *scale, ends_t ends, uint64_t code)
{
    double share = (double)code / scale->steps;

    if (code == scale->not_a_number)
        return NAN;
    if (code >= scale->infinite)
        return code == scale->infinite ? INFINITY : -INFINITY;
    return ends.least * (1 - share) + ends.greatest * share;
}

/* What rounding took of `value`; the receiver sees it in the table's type. */
static double lost(const tern_section_t *section, double value, double decoded)
{
    if (section->shape.type == TERN_FLOAT32)
        decoded = (float)decoded;
    return isfinite(value) && isfinite(decoded) ? value - decoded : 0;
}

static void write_column(tern_filter_step_t *step, const tern_section_t *section,
                         const scale_t *scale, ends_t ends, uint32_t j, char *to)
{
    const tern_filter_shape_t *shape = &section->shape;

    for (size_t i = 0; i < section->num_rows; i++) {
        double  *owed  = owed_to(step, section, i);
        double   value = wanted(section, owed, i, j);
        double   draw  = tern_random_unit(shape->seed, shape->stream, step->num_draws++);
        uint64_t code  = code_of(scale, ends, value, draw);

        for (unsigned b = 0; b < scale->bytes; b++)
            *to++ = (char)(code >> 8 * b);
        if (owed != NULL)
            owed[j] = lost(section, value, value_of(scale, ends, code));
    }
}

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    uint32_t width        = section->shape.width;
    scale_t  scale        = scale_of(step);
    size_t   column_bytes = section->num_rows * scale.bytes;
    char    *to           = tern_section_room(section, width * column_bytes);
    char    *note         = tern_section_put_note(section, width * sizeof(ends_t));

    if (to == NULL || note == NULL)
        return TERN_ERR_NO_MEMORY;
    if (step->has_word && section->keys != NULL &&
        tern_residue_reserve(&step->residue, section->num_rows, width) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    for (uint32_t j = 0; j < width; j++) {
        ends_t ends = find_ends(step, section, j);

        memcpy(note + j * sizeof ends, &ends, sizeof ends);
        write_column(step, section, &scale, ends, j, to + j * column_bytes);
    }
    tern_section_replace(section, width * column_bytes);
    return tern_section_put_number(section, section->num_rows);
}

static void read_column(const tern_section_t *section, const scale_t *scale, ends_t ends,
                        uint32_t j, char *to)
{
    const unsigned char *from =
        (const unsigned char *)section->values + j * section->num_rows * scale->bytes;

    for (size_t i = 0; i < section->num_rows; i++) {
        uint64_t code = 0;

        for (unsigned b = 0; b < scale->bytes; b++)
            code |= (uint64_t)*from++ << 8 * b;
        tern_filter_put(&section->shape, to, i * section->shape.width + j,
                        value_of(scale, ends, code));
    }
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    uint32_t    width     = section->shape.width;
    size_t      row_bytes = tern_filter_row_bytes(&section->shape);
    scale_t     scale     = scale_of(step);
    const char *note;
    char       *to;

    if (!tern_section_take_number(section, &section->num_rows) ||
        (note = tern_section_take_note(section, width * sizeof(ends_t))) == NULL ||
        section->num_bytes != section->num_rows * width * scale.bytes)
        return TERN_ERR_FORMAT;
    to = tern_section_room(section, section->num_rows * row_bytes);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    for (uint32_t j = 0; j < width; j++) {
        ends_t ends;

        memcpy(&ends, note + j * sizeof ends, sizeof ends);
        read_column(section, &scale, ends, j, to);
    }
    tern_section_replace(section, section->num_rows * row_bytes);
    return TERN_OK;
}

const tern_filter_ops_t tern_filter_fixed = {
    .name               = "fixed",
    .stage              = TERN_STAGE_VALUES,
    .number             = {.meaning     = "number of bytes",
                           .is_required = true,
                           .is_whole    = true,
                           .least       = 1,
                           .most        = 4},
    .word               = "feedback",
    .word_is_for_pushes = true,
    .is_for_pulls       = true,
    .encode             = encode,
    .decode             = decode,
};
