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
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "filter/filter.h"
#include "tern/random.h"

typedef struct ends {
    double least, greatest;
} ends_t;

/* How the numbers of a code are used. */
typedef struct scale {
    unsigned bytes;
    double   steps; /* from the least to the greatest */
    uint32_t infinite, minus_infinite, not_a_number;
} scale_t;

static scale_t scale_of(const tern_filter_step_t *step)
{
    unsigned bytes = (unsigned)step->number;
    uint64_t codes = UINT64_C(1) << 8 * bytes;

    return (scale_t){bytes, (double)(codes - 4), (uint32_t)(codes - 3),
                     (uint32_t)(codes - 2), (uint32_t)(codes - 1)};
}

enum { PIECE = 256, SLACK = 8 };

/* One column of a message. */
typedef struct column {
    uint32_t        number;
    size_t          num_rows;
    double         *values; /* [num_rows], what was owed included */
    const uint32_t *owed;   /* [num_rows], numbers in the residue; NULL: no feedback */
} column_t;

/* What is owed for row i. */
static double *owed_to(const tern_filter_step_t *step, const tern_section_t *section,
                       const column_t *column, size_t i)
{
    return tern_residue_row(&step->residue, column->owed[i], section->shape.width) +
           column->number;
}

/* All values of the column. What is owed is taken out: a key may be there twice. */
static void load(const tern_filter_step_t *step, const tern_section_t *section,
                 const column_t *column)
{
    size_t width = section->shape.width;

    for (size_t i = 0; i < column->num_rows; i++)
        column->values[i] =
            tern_filter_get(&section->shape, section->values, i * width + column->number);
    for (size_t i = 0; column->owed != NULL && i < column->num_rows; i++) {
        double *owed = owed_to(step, section, column, i);

        column->values[i] += *owed;
        *owed = 0;
    }
}

static ends_t find_ends(const column_t *column)
{
    ends_t ends = {INFINITY, -INFINITY};

    for (size_t i = 0; i < column->num_rows; i++) {
        double value = column->values[i];

        if (!(fabs(value) <= DBL_MAX))
            continue;
        ends.least    = value < ends.least ? value : ends.least;
        ends.greatest = value > ends.greatest ? value : ends.greatest;
    }
    return ends.least <= ends.greatest ? ends : (ends_t){0, 0};
}

/* How far values [num] lie from the least to the greatest, in steps, rounded at random; that of
 * infinities and NaN means nothing. By halves, where the whole would overflow. */
TERN_CLONES
static void round_values(const tern_filter_shape_t *shape, uint64_t num_draws,
                         const scale_t *scale, ends_t ends, size_t num,
                         const double *restrict values, double *restrict codes)
{
    double half  = isfinite(ends.greatest - ends.least) ? 1 : 0.5;
    double least = ends.least * half;
    double whole = ends.greatest * half - least;
    double steps = scale->steps;

    for (size_t i = 0; i < num; i++) {
        double draw  = tern_random_unit(shape->seed, shape->stream, num_draws + i);
        double at    = whole > 0 ? (values[i] * half - least) / whole * steps : 0;
        double below = floor(at);
        double code  = below + (draw < at - below ? 1 : 0);

        codes[i] = code < steps ? code : steps;
    }
}

static uint32_t code_of(const scale_t *scale, double value, double code)
{
    if (fabs(value) <= DBL_MAX)
        return (uint32_t)code;
    if (isnan(value))
        return scale->not_a_number;
    return value > 0 ? scale->infinite : scale->minus_infinite;
}

static double between(ends_t ends, double share)
{
    return ends.least * (1 - share) + ends.greatest * share;
}

static double value_of(const scale_t *scale, ends_t ends, uint32_t code)
{
    if (code == scale->not_a_number)
        return NAN;
    if (code >= scale->infinite)
        return code == scale->infinite ? INFINITY : -INFINITY;
    return between(ends, code / scale->steps);
}

/* Note what rounding took of each value; the receiver sees them in the table's type. */
static void note_lost(const tern_filter_step_t *step, const tern_section_t *section,
                      const scale_t *scale, ends_t ends, const column_t *column,
                      size_t first, size_t num, const double codes[])
{
    for (size_t i = 0; i < num; i++) {
        double value   = column->values[first + i];
        double decoded = between(ends, codes[i] / scale->steps);

        if (section->shape.type == TERN_FLOAT32)
            decoded = (float)decoded;
        if (isfinite(value) && isfinite(decoded))
            *owed_to(step, section, column, first + i) += value - decoded;
    }
}

/* Writes up to SLACK bytes more. */
static void write_column(tern_filter_step_t *step, const tern_section_t *section,
                         const scale_t *scale, ends_t ends, const column_t *column,
                         char *to)
{
    double codes[PIECE];

    for (size_t first = 0, num; first < column->num_rows; first += num) {
        num = column->num_rows - first < PIECE ? column->num_rows - first : PIECE;
        round_values(&section->shape, step->num_draws, scale, ends, num,
                     column->values + first, codes);
        step->num_draws += num;
        for (size_t i = 0; i < num; i++, to += scale->bytes) {
            uint32_t code = code_of(scale, column->values[first + i], codes[i]);

            memcpy(to, &code, sizeof code);
        }
        if (column->owed != NULL)
            note_lost(step, section, scale, ends, column, first, num, codes);
    }
}

/* Where the keys' rows are in the residue, if what rounding takes is to be noted. */
static tern_status_t find_rows(tern_filter_step_t *step, const tern_section_t *section,
                               column_t *column)
{
    if (!step->has_word || section->keys == NULL || section->num_rows == 0)
        return TERN_OK;
    column->owed = tern_residue_find(&step->residue, section->num_rows, section->keys,
                                     section->shape.width);
    return column->owed != NULL ? TERN_OK : TERN_ERR_NO_MEMORY;
}

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    uint32_t width        = section->shape.width;
    scale_t  scale        = scale_of(step);
    column_t column       = {.num_rows = section->num_rows};
    size_t   column_bytes = section->num_rows * scale.bytes;
    size_t   values_at    = (width * column_bytes + 2 * SLACK - 1) / SLACK * SLACK;
    char *to = tern_section_room(section, values_at + section->num_rows * sizeof(double));
    char *note = tern_section_put_note(section, width * sizeof(ends_t));

    if (to == NULL || note == NULL || find_rows(step, section, &column) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    column.values = (double *)(to + values_at);
    for (; column.number < width; column.number++) {
        ends_t ends;

        load(step, section, &column);
        ends = find_ends(&column);
        memcpy(note + column.number * sizeof ends, &ends, sizeof ends);
        write_column(step, section, &scale, ends, &column,
                     to + column.number * column_bytes);
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
        uint32_t code = 0;

        for (unsigned b = 0; b < scale->bytes; b++)
            code |= (uint32_t)*from++ << 8 * b;
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
