/** \file
 * The update of stochastic gradient descent, see kernel.h.
 *
 * Usual ranks have a copy of the loop of their own, in which a vector stays in registers between its product and
 * its update. Cells of a tile are in random order, so that one's product need not wait for the last one's update; vectors
 * of later cells are prefetched meanwhile.
 */
#include "kernel.h"

#include "simd.h"

#include <string.h>

enum { PREFETCH_CELLS = 6, LINE_FLOATS = 16, NUM_LANES = 16 };

APP_INLINE void prefetch_vector(size_t rank, const float *vector)
{
    for (size_t j = 0; j < rank; j += LINE_FLOATS)
        __builtin_prefetch(vector + j, 1);
}

/* Sixteen sums side by side; the compiler cuts them to what the machine has. */
typedef float lanes_t __attribute__((vector_size(64)));
typedef float half_t __attribute__((vector_size(32)));
typedef float quarter_t __attribute__((vector_size(16)));

/* Pairs, not one after another: the update waits for it. */
APP_INLINE float sum_of(const lanes_t *lanes)
{
    half_t half = __builtin_shufflevector(*lanes, *lanes, 0, 1, 2, 3, 4, 5, 6, 7) +
                  __builtin_shufflevector(*lanes, *lanes, 8, 9, 10, 11, 12, 13, 14, 15);
    quarter_t quarter = __builtin_shufflevector(half, half, 0, 1, 2, 3) +
                        __builtin_shufflevector(half, half, 4, 5, 6, 7);

    quarter += __builtin_shufflevector(quarter, quarter, 2, 3, 0, 1);
    return quarter[0] + quarter[1];
}

APP_INLINE float dot(size_t rank, const float *u, const float *v)
{
    lanes_t sums = {0};
    float   rest = 0;
    size_t  j    = 0;

    for (; j + NUM_LANES <= rank; j += NUM_LANES) {
        lanes_t a, b;

        memcpy(&a, u + j, sizeof(a));
        memcpy(&b, v + j, sizeof(b));
        sums += a * b;
    }
    for (; j < rank; j++)
        rest += u[j] * v[j];
    return rank < NUM_LANES ? rest : sum_of(&sums) + rest;
}

APP_INLINE float error_of(size_t rank, const mf_rule_t *rule, float value, const float *u,
                          const float *v)
{
    float error = value - rule->mean - dot(rank, u, v);

    return rule->has_bias ? error - u[rank] - v[rank] : error;
}

APP_INLINE void move(size_t rank, float keep, float step, float *restrict u,
                     float *restrict v)
{
#pragma omp simd
    for (size_t j = 0; j < rank; j++) {
        float old = u[j];

        u[j] = keep * old + step * v[j];
        v[j] = keep * v[j] + step * old;
    }
}

APP_INLINE double update_cells(size_t rank, const mf_rule_t *rule, size_t num,
                               const mf_cell_t *restrict cells, float *const rows[],
                               float *const columns[])
{
    const float keep = 1 - rule->rate * rule->l2;
    double      sum  = 0;

    for (size_t i = 0; i < num; i++) {
        const mf_cell_t *ahead =
            &cells[i + PREFETCH_CELLS < num ? i + PREFETCH_CELLS : num - 1];
        float *u     = rows[cells[i].row];
        float *v     = columns[cells[i].column];
        float  error = error_of(rank, rule, cells[i].value, u, v);

        prefetch_vector(rank, rows[ahead->row]);
        prefetch_vector(rank, columns[ahead->column]);
        move(rank, keep, rule->rate * error, u, v);
        if (rule->has_bias) {
            u[rank] = keep * u[rank] + rule->rate * error;
            v[rank] = keep * v[rank] + rule->rate * error;
        }
        sum += (double)error * error;
    }
    return sum;
}

APP_CLONES
double mf_kernel_update(const mf_rule_t *rule, size_t num, const mf_cell_t cells[],
                        float *const rows[], float *const columns[])
{
    switch (rule->rank) {
    case 16:
        return update_cells(16, rule, num, cells, rows, columns);
    case 32:
        return update_cells(32, rule, num, cells, rows, columns);
    case 64:
        return update_cells(64, rule, num, cells, rows, columns);
    case 100:
        return update_cells(100, rule, num, cells, rows, columns);
    case 128:
        return update_cells(128, rule, num, cells, rows, columns);
    default:
        return update_cells(rule->rank, rule, num, cells, rows, columns);
    }
}

APP_CLONES
double mf_kernel_square_error(const mf_rule_t *rule, size_t num, const mf_cell_t cells[],
                              float *const rows[], float *const columns[])
{
    double sum = 0;

    for (size_t i = 0; i < num; i++) {
        float error = error_of(rule->rank, rule, cells[i].value, rows[cells[i].row],
                               columns[cells[i].column]);

        sum += (double)error * error;
    }
    return sum;
}

APP_CLONES
void mf_kernel_change(size_t num, const float after[], float before[])
{
#pragma omp simd
    for (size_t i = 0; i < num; i++)
        before[i] = after[i] - before[i];
}
