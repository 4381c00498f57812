/** \file
 * Planted matrices and shares: the same ratings for any number of workers, and a split without leaks.
 */
#include "mf/dataset.h"
#include "mf/permutation.h"
#include "support/facts.h"

#include <stdlib.h>
#include <string.h>

enum { NUM_ROWS = 300, NUM_COLUMNS = 70, NUM_RATINGS = 5000 };

static mf_synthetic_shape_t shape_with(double skew)
{
    return (mf_synthetic_shape_t){.num_rows    = NUM_ROWS,
                                  .num_columns = NUM_COLUMNS,
                                  .num_ratings = NUM_RATINGS,
                                  .rank        = 3,
                                  .skew        = skew,
                                  .noise       = 0.1,
                                  .seed        = 7};
}

static const mf_split_t split = {0.1, 0.2, 7};

static int compare_ratings(const void *a_p, const void *b_p)
{
    const mf_rating_t *a = a_p, *b = b_p;

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* A part of the data of all workers together, sorted. */
static mf_ratings_t gather(double skew, size_t num_workers, mf_part_t part)
{
    mf_synthetic_shape_t shape    = shape_with(skew);
    mf_ratings_t         gathered = {0};
    mf_dataset_t         dataset;

    mf_dataset_plant(&dataset, &shape, &split);
    for (size_t worker = 0; worker < num_workers; worker++) {
        mf_share_t share;

        mf_dataset_share(&dataset, worker, num_workers, &share);
        for (size_t i = 0; i < share.parts[part].num; i++) {
            CU_ASSERT(share.parts[part].items[i].row >= share.first_row &&
                      share.parts[part].items[i].row < share.end_row);
            mf_ratings_append(&gathered, share.parts[part].items[i]);
        }
        mf_share_fini(&share);
    }
    mf_dataset_fini(&dataset);
    qsort(gathered.items, gathered.num, sizeof(mf_rating_t), compare_ratings);
    return gathered;
}

static void planted_ratings_do_not_depend_on_the_number_of_workers(void)
{
    static const size_t counts[] = {2, 3, 8, 500};

    for (size_t i = 0; i < 4; i++)
        for (mf_part_t part = MF_TRAIN; part < MF_NUM_PARTS; part++) {
            mf_ratings_t alone = gather(0.8, 1, part);
            mf_ratings_t many  = gather(0.8, counts[i], part);

            CU_ASSERT(alone.num > 0);
            CU_ASSERT_EQUAL_FATAL(alone.num, many.num);
            CU_ASSERT_EQUAL(
                memcmp(alone.items, many.items, alone.num * sizeof(mf_rating_t)), 0);
            mf_ratings_fini(&alone);
            mf_ratings_fini(&many);
        }
}

static void every_entry_is_in_one_part(void)
{
    char   seen[NUM_ROWS][NUM_COLUMNS] = {{0}};
    size_t num                         = 0;

    for (mf_part_t part = MF_TRAIN; part < MF_NUM_PARTS; part++) {
        mf_ratings_t ratings = gather(0, 2, part);

        for (size_t i = 0; i < ratings.num; i++) {
            char *cell = &seen[ratings.items[i].row][ratings.items[i].column];

            CU_ASSERT_EQUAL(*cell, 0);
            *cell = 1;
        }
        num += ratings.num;
        mf_ratings_fini(&ratings);
    }
    CU_ASSERT_EQUAL(num, NUM_RATINGS);
}

static void an_entry_given_twice_falls_on_one_side(void)
{
    for (uint32_t row = 0; row < 100; row++)
        CU_ASSERT_EQUAL(mf_split_part(&split, row, row + 1),
                        mf_split_part(&split, row, row + 1));
    CU_ASSERT_EQUAL(mf_split_part(&(mf_split_t){1, 0, 1}, 3, 4), MF_VALID);
    CU_ASSERT_EQUAL(mf_split_part(&(mf_split_t){0, 1, 1}, 3, 4), MF_TEST);
    CU_ASSERT_EQUAL(mf_split_part(&(mf_split_t){0, 0, 1}, 3, 4), MF_TRAIN);
}

static size_t largest_row(double skew)
{
    mf_synthetic_shape_t shape     = shape_with(skew);
    mf_synthetic_t      *synthetic = mf_synthetic_create(&shape);
    size_t               largest   = 0;

    for (uint32_t row = 0; row < NUM_ROWS; row++)
        if (mf_synthetic_count(synthetic, row) > largest)
            largest = mf_synthetic_count(synthetic, row);
    mf_synthetic_destroy(&synthetic);
    return largest;
}

static void skew_makes_some_rows_popular(void)
{
    CU_ASSERT(largest_row(0) <= NUM_RATINGS / NUM_ROWS + 1);
    CU_ASSERT(largest_row(1) > 3 * (NUM_RATINGS / NUM_ROWS));
}

static void the_longer_side_becomes_rows(void)
{
    mf_synthetic_shape_t shape = shape_with(0);
    mf_dataset_t         dataset;

    shape.num_rows    = NUM_COLUMNS;
    shape.num_columns = NUM_ROWS;
    mf_dataset_plant(&dataset, &shape, &split);
    CU_ASSERT_TRUE(dataset.is_transposed);
    CU_ASSERT_EQUAL(dataset.num_rows, NUM_ROWS);
    CU_ASSERT_EQUAL(dataset.num_columns, NUM_COLUMNS);
    mf_dataset_fini(&dataset);
}

static void a_permutation_meets_every_number_once(void)
{
    static const uint64_t sizes[] = {1, 2, 5, 64, 1000};

    for (size_t s = 0; s < 5; s++) {
        mf_permutation_t permutation = mf_permutation_of(sizes[s], 3);
        bool             seen[1000]  = {false};

        for (uint64_t i = 0; i < sizes[s]; i++) {
            uint64_t at = mf_permutation_at(&permutation, i);

            CU_ASSERT_FATAL(at < sizes[s]);
            CU_ASSERT_FALSE(seen[at]);
            seen[at] = true;
        }
    }
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(planted_ratings_do_not_depend_on_the_number_of_workers),
        FACT(every_entry_is_in_one_part),
        FACT(an_entry_given_twice_falls_on_one_side),
        FACT(skew_makes_some_rows_popular),
        FACT(the_longer_side_becomes_rows),
        FACT(a_permutation_meets_every_number_once),
    };

    return facts_run("mf/dataset", facts, sizeof(facts) / sizeof(facts[0]));
}
