/** \file
 * Judging weights by examples, see evaluate.h.
 */
#include "evaluate.h"

#include "auc.h"
#include "keymap.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>

/* Pull the weights of distinct keys; filtered ones are 0. */
static tern_status_t pull(tern_table_t *weights, const lr_keymap_t *map, double values[])
{
    bool          is_double = tern_table_type(weights) == TERN_FLOAT64;
    float        *floats    = is_double ? NULL : APP_NEW(float, map->num);
    void         *place     = is_double ? (void *)values : (void *)floats;
    tern_status_t status    = tern_pull(weights, map->num, map->keys, place, NULL);

    for (size_t i = 0; i < map->num; i++) {
        if (!is_double)
            values[i] = (double)floats[i];
        if (isnan(values[i]))
            values[i] = 0;
    }
    free(floats);
    return status;
}

tern_status_t lr_score(tern_table_t *weights, const lr_examples_t *examples,
                       double scores[])
{
    lr_keymap_t   map     = {0};
    uint32_t     *numbers = APP_NEW(uint32_t, examples->num_entries);
    double       *values  = NULL;
    tern_status_t status  = TERN_OK;

    for (size_t entry = 0; entry < examples->num_entries; entry++)
        numbers[entry] = lr_keymap_add(&map, examples->keys[entry]);
    values = APP_NEW(double, map.num);
    status = pull(weights, &map, values);
    for (size_t i = 0; i < examples->num; i++) {
        scores[i] = 0;
        for (size_t entry = lr_examples_first(examples, i); entry < examples->ends[i];
             entry++)
            scores[i] += values[numbers[entry]] * (double)examples->values[entry];
    }
    free(values);
    free(numbers);
    lr_keymap_fini(&map);
    return status;
}

/* Where the caller's examples are among all. */
static tern_status_t find_place(tern_runtime_t *runtime, size_t num, size_t *first_p,
                                size_t *total_p)
{
    size_t        num_workers = (size_t)tern_num_workers(runtime);
    size_t        worker      = (size_t)tern_worker(runtime);
    double       *nums        = APP_NEW(double, num_workers);
    tern_status_t status;

    nums[worker] = (double)num;
    status       = tern_sum(runtime, num_workers, nums);
    *first_p = *total_p = 0;
    for (size_t i = 0; i < num_workers; i++) {
        *first_p += i < worker ? (size_t)nums[i] : 0;
        *total_p += (size_t)nums[i];
    }
    free(nums);
    return status;
}

tern_status_t lr_scores_gather(tern_runtime_t *runtime, size_t num, const double scores[],
                               const int8_t labels[], lr_scores_t *all)
{
    size_t        first = 0, total = 0;
    double       *numbers = NULL;
    tern_status_t status  = find_place(runtime, num, &first, &total);

    *all = (lr_scores_t){0};
    if (status != TERN_OK)
        return status;
    numbers = APP_NEW(double, 2 * total);
    for (size_t i = 0; i < num; i++) {
        numbers[first + i]         = scores[i];
        numbers[total + first + i] = labels[i];
    }
    status      = tern_sum(runtime, 2 * total, numbers);
    all->num    = total;
    all->labels = APP_NEW(int8_t, total);
    for (size_t i = 0; i < total; i++)
        all->labels[i] = numbers[total + i] > 0 ? 1 : -1;
    all->scores = numbers;
    return status;
}

void lr_scores_fini(lr_scores_t *all)
{
    free(all->scores);
    free(all->labels);
    *all = (lr_scores_t){0};
}

lr_quality_t lr_scores_judge(const lr_scores_t *all)
{
    size_t num_right = 0;

    for (size_t i = 0; i < all->num; i++)
        num_right += (all->scores[i] > 0) == (all->labels[i] > 0);
    return (lr_quality_t){
        .num      = all->num,
        .auc      = lr_auc(all->num, all->scores, all->labels),
        .logloss  = lr_logloss_sum(all->num, all->scores, all->labels) / (double)all->num,
        .accuracy = (double)num_right / (double)all->num,
    };
}

tern_status_t lr_evaluate(tern_runtime_t *runtime, const lr_examples_t *examples,
                          const double scores[], lr_quality_t *quality)
{
    lr_scores_t   all;
    tern_status_t status =
        lr_scores_gather(runtime, examples->num, scores, examples->labels, &all);

    if (status == TERN_OK)
        *quality = lr_scores_judge(&all);
    lr_scores_fini(&all);
    return status;
}
