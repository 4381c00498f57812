/** \file
 * The update of stochastic gradient descent: for each cell of a tile, with error
 * e = value - mean - u . v [- bias of u - bias of v],
 *
 *     u' = (1 - rate l2) u + rate e v        v' = (1 - rate l2) v + rate e u
 *
 * A vector shrinks each time one of its ratings is met, so that the penalty is weighted by occurrence, as
 * usual (Koren, Bell, Volinsky, IEEE Computer 2009; Zhou et al., AAIM 2008). A bias follows the factors as the last
 * number of a vector.
 */
#ifndef MF_KERNEL_H
#define MF_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A rating; row and column are positions among those that are open. */
enum { MF_ROW_BITS = 12, MF_COLUMN_BITS = 20 };

typedef struct mf_cell {
    uint32_t row : MF_ROW_BITS;
    uint32_t column : MF_COLUMN_BITS;
    float    value;
} mf_cell_t;

enum { MF_MAX_OPEN_ROWS = 1 << MF_ROW_BITS, MF_MAX_OPEN_COLUMNS = 1 << MF_COLUMN_BITS };

typedef struct mf_rule {
    size_t rank;
    bool   has_bias;
    float  mean; /* of all ratings, or 0 */
    float  rate, l2;
} mf_rule_t;

/* Numbers of a vector: factors and bias. */
static inline size_t mf_rule_width(const mf_rule_t *rule)
{
    return rule->rank + (rule->has_bias ? 1 : 0);
}

/* Update in order; rows[c.row] and columns[c.column] are the vectors of a cell c. Returns the sum of the squares of the
 * errors that the cells met. */
double mf_kernel_update(const mf_rule_t *rule, size_t num, const mf_cell_t cells[],
                        float *const rows[], float *const columns[]);

/* The same sum without updates. */
double mf_kernel_square_error(const mf_rule_t *rule, size_t num, const mf_cell_t cells[],
                              float *const rows[], float *const columns[]);

/* before[i] = after[i] - before[i] */
void mf_kernel_change(size_t num, const float after[], float before[]);

#endif
