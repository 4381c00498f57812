/** \file
 * Pairs of words, see pairs.h.
 */
#include "pairs.h"

#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_FIELDS = 3 };

/* --- reading --- */

/* The file's name without folder and ending. */
static void name_after(const char *path, char name[], size_t bytes)
{
    const char *slash = strrchr(path, '/');

    snprintf(name, bytes, "%s", slash != NULL ? slash + 1 : path);
    name[strcspn(name, ".")] = '\0';
}

static void append(w2v_pairs_t *pairs, w2v_pair_t pair)
{
    if ((pairs->num & (pairs->num + 1)) == 0) /* 0, 1, 3, 7, ...: full */
        pairs->items = app_resize(pairs->items, 2 * pairs->num + 1, sizeof(w2v_pair_t));
    pairs->items[pairs->num++] = pair;
}

/* Returns NULL or what is wrong with the line. */
static const char *take_line(char *line, const app_names_t *names, w2v_pairs_t *pairs)
{
    char       *rest = NULL;
    const char *fields[NUM_FIELDS + 1];
    w2v_pair_t  pair;

    for (int i = 0; i <= NUM_FIELDS; i++)
        fields[i] = strtok_r(i == 0 ? line : NULL, " \t\r\n", &rest);
    if (fields[0] == NULL)
        return NULL;
    if (fields[2] == NULL || fields[3] != NULL)
        return "expected two words and a label";
    if (strcmp(fields[2], "0") != 0 && strcmp(fields[2], "1") != 0)
        return "the label is neither 0 nor 1";
    pair.is_related = fields[2][0] == '1';
    pair.is_valid   = app_names_hash(fields[0]) >> 32 & 1;
    if (app_names_find(names, fields[0], &pair.left) &&
        app_names_find(names, fields[1], &pair.right))
        append(pairs, pair);
    else
        pairs->num_unknown++;
    return NULL;
}

tern_status_t w2v_pairs_read(const char *path, const app_names_t *names,
                             w2v_pairs_t *pairs, app_complaint_t *complaint)
{
    FILE         *file        = fopen(path, "r");
    char         *line        = NULL;
    size_t        line_bytes  = 0;
    size_t        line_number = 0;
    tern_status_t status      = TERN_OK;

    *pairs = (w2v_pairs_t){.num = 0};
    name_after(path, pairs->name, sizeof(pairs->name));
    if (file == NULL)
        return app_complain(complaint, TERN_ERR_IO, "%s: %s", path, strerror(errno));
    while (status == TERN_OK && getline(&line, &line_bytes, file) >= 0) {
        const char *wrong = take_line(line, names, pairs);

        line_number++;
        if (wrong != NULL)
            status = app_complain(complaint, TERN_ERR_FORMAT, "%s:%zu: %s", path,
                                  line_number, wrong);
    }
    free(line);
    fclose(file);
    return status;
}

void w2v_pairs_fini(w2v_pairs_t *pairs)
{
    free(pairs->items);
    *pairs = (w2v_pairs_t){.num = 0};
}

/* --- judging --- */

typedef struct scored {
    double cosine;
    bool   is_related;
} scored_t;

static int compare_scored(const void *a, const void *b)
{
    double x = ((const scored_t *)a)->cosine, y = ((const scored_t *)b)->cosine;

    return (x > y) - (x < y);
}

static size_t score(const w2v_pairs_t *pairs, w2v_half_t half, const w2v_space_t *space,
                    scored_t scored[])
{
    size_t num = 0;

    for (size_t i = 0; i < pairs->num; i++) {
        const w2v_pair_t *pair = &pairs->items[i];

        if (half == W2V_HALF_BOTH || pair->is_valid == (half == W2V_HALF_VALID))
            scored[num++] = (scored_t){w2v_space_cosine(space, pair->left, pair->right),
                                       pair->is_related};
    }
    return num;
}

/* Of sorted scores: for each related pair, how many unrelated ones are below it, and half of those beside it. */
static double area(size_t num, const scored_t scored[])
{
    double num_related = 0, num_unrelated = 0, sum = 0;

    for (size_t first = 0, end; first < num; first = end) {
        double related = 0, unrelated = 0;

        for (end = first; end < num && scored[end].cosine == scored[first].cosine;
             end++) {
            related += scored[end].is_related;
            unrelated += !scored[end].is_related;
        }
        sum += related * (num_unrelated + unrelated / 2);
        num_related += related;
        num_unrelated += unrelated;
    }
    return num_related > 0 && num_unrelated > 0 ? sum / (num_related * num_unrelated)
                                                : 0.5;
}

double w2v_pairs_auc(const w2v_pairs_t *pairs, w2v_half_t half, const w2v_space_t *space)
{
    scored_t *scored = APP_NEW(scored_t, pairs->num);
    size_t    num    = score(pairs, half, space, scored);
    double    auc    = 0;

    qsort(scored, num, sizeof(scored[0]), compare_scored);
    auc = area(num, scored);
    free(scored);
    return auc;
}
