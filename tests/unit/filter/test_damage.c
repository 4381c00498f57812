/** \file
 * Random chains on random rows: exact ones give back every bit; a message that was cut, lengthened or changed on its way is
 * refused or becomes as many bytes as were announced, and nothing outside of it is touched, which the address sanitizer
 * sees: every message lies in memory of exactly its size. TERN_SEED chooses others.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chains.h"
#include "facts.h"
#include "filter_libraries.h"
#include "tern/random.h"

enum { NUM_TRIALS = 400, MAX_ROWS = 300, MAX_WIDTH = 40, DAMAGES = 60, MAX_TEXT = 128 };

/* Draws of one trial, one after the other. */
typedef struct dice {
    uint64_t seed, trial, num;
} dice_t;

static size_t roll(dice_t *dice, size_t below)
{
    return tern_random_below(dice->seed, dice->trial, dice->num++, below);
}

static dice_t dice_of(uint64_t trial)
{
    const char *given = getenv("TERN_SEED");

    return (dice_t){.seed = given ? strtoull(given, NULL, 10) : 1, .trial = trial};
}

/* --- chains --- */

typedef struct piece {
    const char *text;
    bool        is_exact, is_for_pulls;
} piece_t;

/* In the order in which they may stand; of the values' writers one. */
static const piece_t choosers[] = {
    {"zero", true, true}, {"kkt", true, true}, {"significant:0.1", false, false}};
static const piece_t writers[] = {
    {"fixed:1", false, true}, {"fixed:2", false, true},
    {"fixed:4", false, true}, {"fixed:1:feedback", false, false},
    {"bf16", false, true},    {"fp16:stochastic", false, true}};
static const piece_t packers[] = {{"lz4", true, true},
                                  {"zstd", true, true},
                                  {"zstd:9", true, true},
                                  {"lz4,zstd:1", true, true},
                                  {"zstd,lz4", true, true}};

typedef struct random_chain {
    char        text[MAX_TEXT];
    bool        is_exact, is_for_pulls;
    tern_type_t type;
    uint32_t    width;
} random_chain_t;

static void append(random_chain_t *chain, const piece_t *piece)
{
    if ((chain->is_exact && !piece->is_exact) ||
        (chain->is_for_pulls && !piece->is_for_pulls))
        return;
    if (chain->text[0] != '\0')
        strcat(chain->text, ",");
    strcat(chain->text, piece->text);
}

static random_chain_t draw_chain(dice_t *dice, bool is_exact)
{
    random_chain_t chain  = {.is_exact     = is_exact,
                             .is_for_pulls = roll(dice, 2),
                             .type         = roll(dice, 2) ? TERN_FLOAT64 : TERN_FLOAT32,
                             .width        = 1 + (uint32_t)roll(dice, MAX_WIDTH)};
    size_t         writer = roll(dice, 2 * sizeof writers / sizeof *writers);

    if (roll(dice, 3) == 0)
        append(&chain, &(piece_t){"key-cache", true, true});
    for (size_t c = 0; c < sizeof choosers / sizeof *choosers; c++)
        if (roll(dice, 2))
            append(&chain, &choosers[c]);
    if (writer < sizeof writers / sizeof *writers)
        append(&chain, &writers[writer]);
    if (roll(dice, 3) > 0 || chain.text[0] == '\0')
        append(&chain, &packers[roll(dice, sizeof packers / sizeof *packers)]);
    return chain;
}

static tern_chain_t *make(const random_chain_t *chain)
{
    tern_chain_t *made =
        chain_of(chain->text, chain->is_for_pulls, chain->type, chain->width);

    CU_ASSERT_PTR_NOT_NULL_FATAL(made);
    return made;
}

/* --- rows --- */

typedef struct rows {
    size_t     num_rows, num_bytes;
    tern_key_t keys[MAX_ROWS];
    char       bytes[MAX_ROWS * MAX_WIDTH * sizeof(double)];
} rows_t;

static double draw_value(dice_t *dice, size_t mood)
{
    double unit = tern_random_unit(dice->seed, dice->trial, dice->num++);

    switch (mood) {
    case 0:
        return 0;
    case 1:
        return NAN;
    case 2:
        return floor(4 * unit);
    default:
        return (unit - 0.5) * 1e3;
    }
}

/* Each row has a mood, so that some are all zero or NaN; now and then there is none at all. */
static void draw_rows(dice_t *dice, const random_chain_t *chain, rows_t *rows)
{
    const tern_filter_shape_t shape = {.type = chain->type, .width = chain->width};

    rows->num_rows  = roll(dice, 8) == 0 ? roll(dice, 3) : roll(dice, MAX_ROWS + 1);
    rows->num_bytes = rows->num_rows * tern_filter_row_bytes(&shape);
    for (size_t i = 0; i < rows->num_rows; i++) {
        size_t mood = roll(dice, 5);

        rows->keys[i] = 7 * i;
        for (uint32_t j = 0; j < chain->width; j++)
            tern_filter_put(&shape, rows->bytes, i * chain->width + j,
                            draw_value(dice, mood));
    }
}

static void exact_chains_give_back_every_bit(void)
{
    static rows_t rows;
    static char   came[sizeof rows.bytes];

    for (uint64_t t = 0; t < NUM_TRIALS; t++) {
        dice_t         dice   = dice_of(t);
        random_chain_t chain  = draw_chain(&dice, true);
        tern_chain_t  *sender = make(&chain), *receiver = make(&chain);

        for (int message = 0; message < 3; message++) {
            bool is_same;

            draw_rows(&dice, &chain, &rows);
            is_same = through(sender, receiver, rows.num_rows, rows.keys, rows.bytes,
                              came, NULL) == TERN_OK &&
                      memcmp(rows.bytes, came, rows.num_bytes) == 0;
            CU_ASSERT(is_same);
            if (!is_same)
                printf("# trial %d: %s, %zu rows of %u\n", (int)t, chain.text,
                       rows.num_rows, chain.width);
        }
        tern_chain_destroy(&sender);
        tern_chain_destroy(&receiver);
    }
}

/* --- damage --- */

typedef struct wire {
    char  *bytes; /* allocated to exactly this size */
    size_t num_bytes;
} wire_t;

typedef enum damage { CUT, LENGTHENED, CHANGED, NUM_DAMAGES } damage_t;

static wire_t damaged(dice_t *dice, const wire_t *whole, damage_t damage)
{
    size_t num = whole->num_bytes;
    wire_t wire;

    if (damage == CUT)
        num = roll(dice, num);
    else if (damage == LENGTHENED)
        num += 1 + roll(dice, 64);
    wire = (wire_t){malloc(num > 0 ? num : 1), num};
    for (size_t i = 0; i < num; i++)
        wire.bytes[i] = i < whole->num_bytes ? whole->bytes[i] : (char)roll(dice, 256);
    if (damage == CHANGED)
        for (size_t flips = 1 + roll(dice, 8); flips-- > 0;)
            /* half of them at the end, where the numbers are */
            wire.bytes[roll(dice, 2) ? roll(dice, num)
                                     : num - 1 - roll(dice, num < 24 ? num : 24)] ^=
                (char)(1 << roll(dice, 8));
    return wire;
}

/* Room that no message of so many bytes and rows has any use for. */
static bool has_wasted_room(const tern_chain_t *receiver, size_t num_bytes)
{
    size_t most = 1024 * (num_bytes + 1024);

    return receiver->rows.front.capacity > most || receiver->rows.back.capacity > most;
}

static void receive(dice_t *dice, const random_chain_t *chain, tern_chain_t *receiver,
                    const wire_t *whole, size_t num_bytes)
{
    damage_t         damage  = (damage_t)roll(dice, NUM_DAMAGES);
    wire_t           wire    = damaged(dice, whole, damage);
    tern_chain_use_t use     = {.is_exact = false};
    tern_traffic_t   traffic = {.num_messages = 0};
    tern_status_t    status  = tern_chain_decode(receiver, wire.bytes, wire.num_bytes,
                                                 num_bytes, &use, &traffic);
    bool is_good = status == TERN_ERR_FORMAT || (status == TERN_OK && damage != CUT &&
                                                 receiver->rows.num_bytes == num_bytes);

    if (status == TERN_OK && num_bytes > 0) /* every byte is there to be read */
        free(memcpy(malloc(num_bytes), receiver->rows.values, num_bytes));
    CU_ASSERT(is_good);
    CU_ASSERT(!has_wasted_room(receiver, num_bytes + wire.num_bytes));
    if (!is_good)
        printf("# trial %d: %s, %zu of %zu bytes, damage %d: %s\n", (int)dice->trial,
               chain->text, wire.num_bytes, whole->num_bytes, (int)damage,
               tern_status_string(status));
    free(wire.bytes);
}

static void damaged_messages_do_no_harm(void)
{
    static rows_t rows;

    for (uint64_t t = 0; t < NUM_TRIALS; t++) {
        dice_t           dice   = dice_of(NUM_TRIALS + t);
        random_chain_t   chain  = draw_chain(&dice, false);
        tern_chain_t    *sender = make(&chain), *receiver = make(&chain);
        tern_chain_use_t use     = {.is_exact = false};
        tern_traffic_t   traffic = {.num_messages = 0};
        wire_t           whole;

        draw_rows(&dice, &chain, &rows);
        CU_ASSERT_EQUAL(tern_chain_encode(sender, rows.bytes, rows.num_bytes,
                                          rows.num_rows, rows.keys, &use, &traffic),
                        TERN_OK);
        whole.num_bytes = tern_section_wire_bytes(&sender->rows);
        whole.bytes     = malloc(whole.num_bytes);
        tern_section_write(&sender->rows, whole.bytes);
        for (int d = 0; d < DAMAGES; d++)
            receive(&dice, &chain, receiver, &whole, rows.num_bytes);
        free(whole.bytes);
        tern_chain_destroy(&sender);
        tern_chain_destroy(&receiver);
    }
}

static void damaged_keys_do_no_harm(void)
{
    for (uint64_t t = 0; t < NUM_TRIALS; t++) {
        dice_t         dice   = dice_of(2 * NUM_TRIALS + t);
        random_chain_t chain  = draw_chain(&dice, true);
        tern_chain_t  *sender = make(&chain), *receiver = make(&chain);
        char           keys[2000];
        size_t         num_bytes = roll(&dice, sizeof keys);
        wire_t         whole;

        for (size_t i = 0; i < num_bytes; i++)
            keys[i] = (char)roll(&dice, 1 + roll(&dice, 256));
        CU_ASSERT_EQUAL(tern_chain_encode_keys(sender, keys, num_bytes), TERN_OK);
        whole.num_bytes = tern_section_wire_bytes(&sender->keys);
        whole.bytes     = malloc(whole.num_bytes);
        tern_section_write(&sender->keys, whole.bytes);
        for (int d = 0; d < DAMAGES; d++) {
            damage_t      damage = (damage_t)roll(&dice, NUM_DAMAGES);
            wire_t        wire   = damaged(&dice, &whole, damage);
            tern_status_t status =
                tern_chain_decode_keys(receiver, wire.bytes, wire.num_bytes, num_bytes);

            CU_ASSERT(status == TERN_ERR_FORMAT || (status == TERN_OK && damage != CUT));
            free(wire.bytes);
        }
        free(whole.bytes);
        tern_chain_destroy(&sender);
        tern_chain_destroy(&receiver);
    }
}

int main(void)
{
    static const fact_t facts[] = {
        FACT(exact_chains_give_back_every_bit),
        FACT(damaged_messages_do_no_harm),
        FACT(damaged_keys_do_no_harm),
    };
    static const fact_t no_facts[] = {FACT(filters_need_their_libraries)};

    if (!has_filter_libraries())
        return facts_run("filters", no_facts, 1);
    return facts_run("damaged messages", facts, sizeof facts / sizeof *facts);
}
