#include "model/operation.h"

#include "model/seed.h"

#define BLOCK_KEYS         8 /* who owns what in a disjoint round */
#define NUM_ADDITIVE       2 /* the first tables */
#define FAR_KEY            ((tern_key_t)1 << 40)
#define UNDERFULL_NUM_KEYS 3 /* fewer than servers, where there are four */

const tern_table_desc_t table_descs[NUM_TABLES] = {
    {.name = "counts", .keys = {0, 97}, .width = 1, .update = "add"},
    {.name   = "sums",
     .keys   = {1000, 1300},
     .width  = MAX_WIDTH,
     .type   = TERN_FLOAT64,
     .update = "add",
     .init   = {TERN_INIT_CONSTANT, 5, 0},
     .index  = TERN_INDEX_PAGED},
    {.name = "last", .keys = {FAR_KEY, FAR_KEY + 64}, .width = 5, .update = "assign"},
    {.name    = "affine",
     .keys    = {7, 2500},
     .width   = 3,
     .type    = TERN_FLOAT64,
     .update  = "affine",
     .index   = TERN_INDEX_PAGED,
     .columns = TERN_COLUMN_VERSION | TERN_COLUMN_SIGNIFICANCE},
    {.name   = "few",
     .keys   = {UINT64_MAX - 1 - UNDERFULL_NUM_KEYS, UINT64_MAX - 1},
     .width  = 2,
     .update = "affine"},
    {.name           = "adagrad",
     .keys           = {0, 200},
     .width          = 16,
     .update         = "adagrad",
     .update_options = {.rate = 0.1, .epsilon = 1e-10},
     .init           = {TERN_INIT_CONSTANT, 0.5, 0}},
};

const double table_tolerances[NUM_TABLES] = {0, 0, 0, 0, 0, 1e-4};

static uint64_t num_keys_of(int table)
{
    return table_descs[table].keys.end - table_descs[table].keys.first;
}

/* Keys that a worker may touch in a round: blocks `first`, `first + step`, ... of the table. */
typedef struct territory {
    tern_range_t keys;
    uint64_t     first, step, num_blocks, block_keys;
} territory_t;

static territory_t whole_table(int table)
{
    return (territory_t){.keys       = table_descs[table].keys,
                         .step       = 1,
                         .num_blocks = 1,
                         .block_keys = num_keys_of(table)};
}

static territory_t territory_of(const round_t *round, uint32_t worker, int table)
{
    territory_t all = whole_table(table);
    uint64_t    num_blocks, first;

    if (round->mode != ROUND_DISJOINT)
        return all;
    num_blocks = (all.block_keys + BLOCK_KEYS - 1) / BLOCK_KEYS;
    first      = (worker + round->number) % round->num_workers;
    return (territory_t){
        .keys  = all.keys,
        .first = first,
        .step  = round->num_workers,
        .num_blocks =
            first < num_blocks ? (num_blocks - first - 1) / round->num_workers + 1 : 0,
        .block_keys = BLOCK_KEYS,
    };
}

/* One of the territory's blocks, clipped to the table. */
static tern_range_t random_block(dice_t *dice, const territory_t *territory)
{
    uint64_t block =
        territory->first + territory->step * roll(dice, territory->num_blocks);
    tern_key_t first = territory->keys.first + block * territory->block_keys;
    uint64_t   left  = territory->keys.end - first;

    return (tern_range_t){
        first, first + (left < territory->block_keys ? left : territory->block_keys)};
}

static void choose_keys(dice_t *dice, const territory_t *territory,
                        operation_t *operation)
{
    operation->num_keys = territory->num_blocks ? roll(dice, MAX_KEYS + 1) : 0;
    for (size_t i = 0; i < operation->num_keys; i++) {
        tern_range_t block = random_block(dice, territory);

        operation->keys[i] = block.first + roll(dice, block.end - block.first);
    }
}

static void choose_range(dice_t *dice, const territory_t *territory,
                         operation_t *operation)
{
    tern_range_t block = {operation->range.first, operation->range.first};
    uint64_t     longest;

    if (territory->num_blocks > 0)
        block = random_block(dice, territory);
    operation->range.first = block.first;
    if (block.end > block.first)
        operation->range.first += roll(dice, block.end - block.first);
    longest              = block.end - operation->range.first;
    longest              = longest < MAX_KEYS ? longest : MAX_KEYS;
    operation->num_keys  = roll(dice, longest + 1);
    operation->range.end = operation->range.first + operation->num_keys;
    for (size_t i = 0; i < operation->num_keys; i++)
        operation->keys[i] = operation->range.first + i;
}

static bool is_range_kind(operation_kind_t kind)
{
    return kind == OPERATION_PUSH_RANGE || kind == OPERATION_PULL_RANGE ||
           kind == OPERATION_LOCALIZE_RANGE;
}

static void choose(dice_t *dice, territory_t territory, operation_t *operation)
{
    if (is_range_kind(operation->kind))
        choose_range(dice, &territory, operation);
    else
        choose_keys(dice, &territory, operation);
}

/* What may be rolled: as often as named. */
static const operation_kind_t any_kind[] = {
    OPERATION_PUSH,          OPERATION_PUSH,
    OPERATION_PUSH_RANGE,    OPERATION_SET,
    OPERATION_SET,           OPERATION_PULL,
    OPERATION_PULL,          OPERATION_PULL_RANGE,
    OPERATION_PULL_IF_LOCAL, OPERATION_PUSH_PULL,
    OPERATION_PUSH_PULL,     OPERATION_LOCALIZE,
    OPERATION_LOCALIZE,      OPERATION_LOCALIZE_RANGE,
    OPERATION_INTENT};

static const operation_kind_t commuting_kinds[] = {
    OPERATION_PUSH,     OPERATION_PUSH,           OPERATION_PUSH_RANGE,
    OPERATION_LOCALIZE, OPERATION_LOCALIZE_RANGE, OPERATION_INTENT};

#define NUM(kinds) (sizeof(kinds) / sizeof *(kinds))

void operation_generate(const round_t *round, uint32_t worker, uint32_t index,
                        operation_t *operation)
{
    dice_t dice     = {.seed   = round->seed + 1,
                       .stream = (round->number * 4096 + worker) * 4096 + index};
    bool   commutes = round->mode == ROUND_COMMUTES;

    operation->kind        = commutes ? commuting_kinds[roll(&dice, NUM(commuting_kinds))]
                                      : any_kind[roll(&dice, NUM(any_kind))];
    operation->table       = (int)roll(&dice, commutes ? NUM_ADDITIVE : NUM_TABLES);
    operation->range.first = table_descs[operation->table].keys.first;
    if (operation_changes(operation) || operation_reads(operation))
        choose(&dice, territory_of(round, worker, operation->table), operation);
    else /* rows are wanted here while others use them there */
        choose(&dice, whole_table(operation->table), operation);
    for (size_t i = 0; i < MAX_VALUES; i++)
        operation->values[i] = (double)roll(&dice, 17) - 8;
    operation->first_clock = roll(&dice, 3);
    operation->end_clock   = operation->first_clock + 1 + roll(&dice, 3);
}

size_t random_keys(uint64_t seed, uint64_t stream, int table, size_t max_keys,
                   tern_key_t keys[])
{
    dice_t dice     = {.seed = seed + 2, .stream = stream};
    size_t num_keys = roll(&dice, max_keys + 1);

    for (size_t i = 0; i < num_keys; i++)
        keys[i] = table_descs[table].keys.first + roll(&dice, num_keys_of(table));
    return num_keys;
}
