/** \file
 * Encoding runs the steps in order, decoding in reverse; a step that does not concern a message is
 * passed over at both ends alike.
 */
#include "filter/chain.h"

#include "base/alloc.h"
#include "filter/chain_parse.h"

static void init_step(tern_filter_step_t *step)
{
    tern_residue_init(&step->residue);
    tern_numbering_init(&step->pulled);
}

static void fini_step(tern_filter_step_t *step)
{
    if (step->ops != NULL && step->ops->fini != NULL)
        step->ops->fini(step);
    tern_residue_fini(&step->residue);
    tern_numbering_fini(&step->pulled);
    tern_free(TERN_LOG_FILTER, step->is_inactive);
}

static void note_abilities(tern_chain_t *chain)
{
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        const tern_filter_step_t *step = &chain->steps[s];

        chain->chooses_rows |=
            !chain->is_for_pulls && step->ops->stage == TERN_STAGE_CHOOSE;
        chain->remembers_keys |= step->ops->word_is_for_pushes && step->has_word;
        if (step->ops->stage == TERN_STAGE_KEYS)
            chain->key_cache_bytes = (size_t)step->number << 20;
    }
}

tern_status_t tern_chain_create(const tern_filter_registry_t *registry, const char *where,
                                const char *text, bool is_for_pulls,
                                const tern_filter_shape_t *shape, tern_chain_t **chain_p)
{
    tern_chain_t *chain = tern_alloc_zeroed(TERN_LOG_FILTER, sizeof *chain);
    tern_status_t status;

    if (chain == NULL)
        return TERN_ERR_NO_MEMORY;
    chain->is_for_pulls = is_for_pulls;
    tern_section_init(&chain->rows, shape);
    tern_section_init(&chain->keys, shape);
    for (uint32_t s = 0; s < TERN_MAX_FILTERS; s++)
        init_step(&chain->steps[s]);
    status = tern_chain_parse(chain, registry, where, text);
    if (status != TERN_OK) {
        tern_chain_destroy(&chain);
        return status;
    }
    note_abilities(chain);
    *chain_p = chain;
    return TERN_OK;
}

void tern_chain_destroy(tern_chain_t **chain_p)
{
    tern_chain_t *chain = *chain_p;

    if (chain == NULL)
        return;
    for (uint32_t s = 0; s < TERN_MAX_FILTERS; s++)
        fini_step(&chain->steps[s]);
    tern_section_fini(&chain->rows);
    tern_section_fini(&chain->keys);
    tern_free(TERN_LOG_FILTER, chain);
    *chain_p = NULL;
}

tern_filter_step_t *tern_chain_find(tern_chain_t *chain, const char *name)
{
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        const tern_filter_step_t *step = &chain->steps[s];

        if (strcmp(step->own != NULL ? step->own->name : step->ops->name, name) == 0)
            return &chain->steps[s];
    }
    return NULL;
}

/* --- choosing --- */

size_t tern_chain_choose(tern_chain_t *chain, size_t num_rows, tern_key_t keys[],
                         char *rows, tern_traffic_t *traffic)
{
    const tern_filter_shape_t *shape     = &chain->rows.shape;
    size_t                     row_bytes = tern_filter_row_bytes(shape);

    traffic->raw_key_bytes += num_rows * sizeof *keys;
    traffic->raw_value_bytes += num_rows * row_bytes;
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        tern_filter_step_t *step = &chain->steps[s];

        if (step->ops->stage != TERN_STAGE_CHOOSE)
            continue;
        num_rows = step->ops->choose(step, shape, num_rows, keys, rows);
        if (num_rows == SIZE_MAX)
            return SIZE_MAX;
        traffic->after[s].key_bytes += num_rows * sizeof *keys;
        traffic->after[s].value_bytes += num_rows * row_bytes;
    }
    return num_rows;
}

bool tern_chain_watches_pulls(const tern_chain_t *chain)
{
    for (uint32_t s = 0; s < chain->num_steps; s++)
        if (!chain->is_for_pulls && chain->steps[s].ops->note_pulled != NULL &&
            chain->steps[s].number > 0)
            return true;
    return false;
}

tern_status_t tern_chain_note_pulled(tern_chain_t *chain, uint32_t width, size_t num_rows,
                                     const tern_key_t keys[], const char *rows)
{
    tern_filter_shape_t shape  = {.type = chain->rows.shape.type, .width = width};
    tern_status_t       status = TERN_OK;

    for (uint32_t s = 0; s < chain->num_steps && status == TERN_OK; s++) {
        tern_filter_step_t *step = &chain->steps[s];

        if (step->ops->note_pulled != NULL)
            status = step->ops->note_pulled(step, &shape, num_rows, keys, rows);
    }
    return status;
}

static bool is_zero(const double *row, uint32_t width)
{
    for (uint32_t j = 0; j < width; j++)
        if (row[j] != 0)
            return false;
    return true;
}

/* One entry of a residue to a row, as far as the row can hold it. */
static void take_row(const tern_filter_shape_t *shape, double *from, char *rows, size_t i)
{
    for (uint32_t j = 0; j < shape->width; j++)
        tern_filter_put(shape, rows, i * shape->width + j, from[j]);
    memset(from, 0, shape->width * sizeof *from);
}

size_t tern_chain_take_held(tern_chain_t *chain, size_t *next_p, size_t most,
                            tern_key_t keys[], char *rows)
{
    const tern_filter_shape_t *shape = &chain->rows.shape;
    tern_filter_step_t        *step  = tern_chain_find(chain, "significant");
    tern_residue_t            *held;
    size_t                     num_rows = 0;

    if (step == NULL)
        return 0;
    held = &step->residue;
    for (; *next_p < held->num_rows && num_rows < most; (*next_p)++) {
        double *row = held->rows + *next_p * shape->width;

        if (is_zero(row, shape->width))
            continue;
        keys[num_rows] = held->numbering.keys[*next_p];
        take_row(shape, row, rows, num_rows++);
    }
    return num_rows;
}

/* --- rows --- */

/* What chooses rows of pushes has done so before they became a message. */
static bool codes_rows(const tern_chain_t *chain, const tern_filter_step_t *step,
                       bool is_exact)
{
    return step->ops->encode != NULL &&
           (chain->is_for_pulls || step->ops->stage != TERN_STAGE_CHOOSE) &&
           (!is_exact || step->ops->is_exact);
}

static bool is_choice(const tern_chain_t *chain, const tern_filter_step_t *step)
{
    return !chain->is_for_pulls && step->ops->stage == TERN_STAGE_CHOOSE;
}

static size_t section_bytes(const tern_section_t *section)
{
    return section->num_bytes + section->notes.size;
}

tern_status_t tern_chain_encode(tern_chain_t *chain, const char *rows, size_t num_bytes,
                                size_t num_rows, const tern_key_t keys[],
                                const tern_chain_use_t *use, tern_traffic_t *traffic)
{
    tern_section_t *section = &chain->rows;

    tern_section_begin(section, rows, num_bytes, num_rows, keys);
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        tern_filter_step_t *step = &chain->steps[s];

        if (codes_rows(chain, step, use->is_exact) &&
            step->ops->encode(step, section) != TERN_OK)
            return TERN_ERR_NO_MEMORY;
        if (!use->was_chosen || !is_choice(chain, step))
            traffic->after[s].value_bytes += section_bytes(section);
    }
    return TERN_OK;
}

tern_status_t tern_chain_decode(tern_chain_t *chain, const char *wire, size_t bytes,
                                size_t num_bytes, const tern_chain_use_t *use,
                                tern_traffic_t *traffic)
{
    tern_section_t *section = &chain->rows;
    tern_status_t   status  = tern_section_read(section, wire, bytes);

    section->most_bytes = num_bytes;
    for (uint32_t s = chain->num_steps; s-- > 0 && status == TERN_OK;) {
        tern_filter_step_t *step = &chain->steps[s];

        traffic->after[s].value_bytes += section_bytes(section);
        if (codes_rows(chain, step, use->is_exact))
            status = step->ops->decode(step, section);
    }
    return status == TERN_OK && section->num_bytes != num_bytes ? TERN_ERR_FORMAT
                                                                : status;
}

/* --- keys --- */

/* Shorter ones are left alone: the ends know from the message how long they are. */
#define MIN_KEYS_BYTES 64u

tern_status_t tern_chain_encode_keys(tern_chain_t *chain, const char *bytes,
                                     size_t num_bytes)
{
    tern_section_begin(&chain->keys, bytes, num_bytes, 0, NULL);
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        tern_filter_step_t *step = &chain->steps[s];

        if (step->ops->stage == TERN_STAGE_BYTES && num_bytes >= MIN_KEYS_BYTES &&
            step->ops->encode(step, &chain->keys) != TERN_OK)
            return TERN_ERR_NO_MEMORY;
    }
    return TERN_OK;
}

tern_status_t tern_chain_decode_keys(tern_chain_t *chain, const char *wire, size_t bytes,
                                     size_t num_bytes)
{
    tern_status_t status = tern_section_read(&chain->keys, wire, bytes);

    for (uint32_t s = chain->num_steps; s-- > 0 && status == TERN_OK;) {
        tern_filter_step_t *step = &chain->steps[s];

        if (step->ops->stage == TERN_STAGE_BYTES && num_bytes >= MIN_KEYS_BYTES)
            status = step->ops->decode(step, &chain->keys);
    }
    return status == TERN_OK && chain->keys.num_bytes != num_bytes ? TERN_ERR_FORMAT
                                                                   : status;
}

void tern_chain_count_keys(const tern_chain_t *chain, const tern_chain_keys_t *sizes,
                           bool was_chosen, tern_traffic_t *traffic)
{
    size_t bytes = sizes->coded;

    traffic->coded_key_bytes += sizes->coded;
    for (uint32_t s = 0; s < chain->num_steps; s++) {
        const tern_filter_step_t *step = &chain->steps[s];

        if (step->ops->stage == TERN_STAGE_KEYS && sizes->is_hashed)
            bytes = sizes->sent;
        else if (step->ops->stage == TERN_STAGE_BYTES && !sizes->is_hashed)
            bytes = sizes->sent;
        if (!was_chosen || !is_choice(chain, step))
            traffic->after[s].key_bytes += bytes;
    }
}
