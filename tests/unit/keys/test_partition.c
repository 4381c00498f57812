/** \file
 * Parts of a key range.
 */
#include "keys/partition.h"
#include "support/facts.h"
#include "tern/random.h"

static const tern_range_t ranges[] = {
    {0, 1},          {0, 7},
    {5, 6},          {100, 1100},
    {0, UINT64_MAX}, {UINT64_MAX - 10, UINT64_MAX},
    {1, UINT64_MAX}, {UINT64_MAX / 2 - 3, UINT64_MAX - 1},
    {42, 42},        {UINT64_MAX, UINT64_MAX},
};
static const uint32_t nums_parts[] = {1, 2, 3, 7, 16, 1000, UINT32_MAX};

/* What a fact says about one partition. */
typedef bool claim_fn(const tern_partition_t *partition);

static void holds_for_all(claim_fn *claim)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        for (size_t j = 0; j < sizeof(nums_parts) / sizeof(nums_parts[0]); j++) {
            tern_partition_t partition;

            tern_partition_init(&partition, ranges[i], nums_parts[j]);
            CU_ASSERT(claim(&partition));
        }
}

/* The parts to look at: all where they are few, else both ends and the border of the large ones. */
static size_t sample_parts(const tern_partition_t *partition, uint32_t parts[2000])
{
    uint32_t last = partition->num_parts - 1, border = (uint32_t)partition->num_large;
    size_t   num = 0;

    if (partition->num_parts <= 1000) {
        for (uint32_t part = 0; part <= last; part++)
            parts[num++] = part;
        return num;
    }
    for (uint32_t i = 0; i < 100; i++) {
        parts[num++] = i;
        parts[num++] = last - i;
        if (border + i <= last)
            parts[num++] = border + i;
        if (border > i)
            parts[num++] = border - i - 1;
    }
    return num;
}

static bool tiles(const tern_partition_t *partition)
{
    uint32_t parts[2000];
    size_t   num  = sample_parts(partition, parts);
    uint32_t last = partition->num_parts - 1;

    if (tern_partition_range(partition, 0).first != partition->keys.first ||
        tern_partition_range(partition, last).end != partition->keys.end)
        return false;
    for (size_t i = 0; i < num; i++)
        if (parts[i] != last && tern_partition_range(partition, parts[i]).end !=
                                    tern_partition_range(partition, parts[i] + 1).first)
            return false;
    return true;
}

static void parts_tile_the_range(void)
{
    holds_for_all(tiles);
}

static bool is_even(const tern_partition_t *partition)
{
    uint64_t num_keys = partition->keys.end - partition->keys.first;
    uint64_t floor    = num_keys / partition->num_parts;
    uint64_t ceiling  = floor + (num_keys % partition->num_parts != 0);
    uint32_t parts[2000];
    size_t   num = sample_parts(partition, parts);

    for (size_t i = 0; i < num; i++) {
        tern_range_t part = tern_partition_range(partition, parts[i]);
        uint64_t     size = part.end - part.first;

        if (size != floor && size != ceiling)
            return false;
    }
    return true;
}

static void sizes_differ_by_at_most_one(void)
{
    holds_for_all(is_even);
}

static bool part_inverts_range(const tern_partition_t *partition)
{
    uint32_t parts[2000];
    size_t   num = sample_parts(partition, parts);

    for (size_t i = 0; i < num; i++) {
        tern_range_t keys = tern_partition_range(partition, parts[i]);

        if (keys.first == keys.end)
            continue;
        if (tern_partition_part(partition, keys.first) != parts[i] ||
            tern_partition_part(partition, keys.end - 1) != parts[i] ||
            tern_partition_part(partition, keys.first + (keys.end - keys.first) / 2) !=
                parts[i])
            return false;
    }
    return true;
}

static void part_and_range_are_inverse(void)
{
    holds_for_all(part_inverts_range);
}

static bool random_keys_are_at_home(const tern_partition_t *partition)
{
    uint64_t num_keys = partition->keys.end - partition->keys.first;

    for (uint64_t i = 0; i < 1000 && num_keys > 0; i++) {
        tern_key_t   key = partition->keys.first + tern_random_below(1, 2, i, num_keys);
        tern_range_t keys =
            tern_partition_range(partition, tern_partition_part(partition, key));

        if (key < keys.first || key >= keys.end)
            return false;
    }
    return true;
}

static void every_key_lies_in_its_part(void)
{
    holds_for_all(random_keys_are_at_home);
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(parts_tile_the_range),
        FACT(sizes_differ_by_at_most_one),
        FACT(part_and_range_are_inverse),
        FACT(every_key_lies_in_its_part),
    };

    return facts_run("keys/partition", facts, sizeof(facts) / sizeof(facts[0]));
}
