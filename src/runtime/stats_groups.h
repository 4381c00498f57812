/** \file
 * The part of the end-of-run table about worker groups.
 */
#ifndef TERN_RUNTIME_STATS_GROUPS_H
#define TERN_RUNTIME_STATS_GROUPS_H

#include "runtime/json.h"
#include "runtime/stats.h"

/* A line for each group, if there are several. */
void tern_stats_print_groups(const tern_stats_t *stats, FILE *stream);

/* The same as an array "groups", which is empty where there is one only. */
void tern_stats_write_groups(tern_json_t *json, const tern_stats_t *stats);

#endif
