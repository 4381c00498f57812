/** \file
 * From options to settings, checked where the registry cannot.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

enum { MAX_WIDTH = 65536, MAX_BATCH = 1 << 20 };

/* One message of the yardstick holds a batch of keys and rows, and MPI counts its bytes in an int. */
static tern_status_t check_bytes(const bench_t *bench)
{
    size_t row_bytes = sizes_largest(&bench->widths) * sizeof(float) + sizeof(uint64_t);

    if (sizes_largest(&bench->batches) <= INT_MAX / row_bytes)
        return TERN_OK;
    fprintf(stderr,
            "tern-bench: --batch %zu with --width %zu: a batch must be below 2 GiB\n",
            sizes_largest(&bench->batches), sizes_largest(&bench->widths));
    return TERN_ERR_USAGE;
}

tern_status_t bench_configure(bench_t *bench, const tern_options_t *options)
{
    tern_status_t status = sizes_parse("width", tern_option_string(options, "width"),
                                       MAX_WIDTH, &bench->widths);

    if (status == TERN_OK)
        status = sizes_parse("batch", tern_option_string(options, "batch"), MAX_BATCH,
                             &bench->batches);
    if (status == TERN_OK)
        status = check_bytes(bench);
    bench->chosen      = tern_option_string(options, "case");
    bench->num_rows    = (uint64_t)tern_option_int(options, "rows");
    bench->seed        = (uint64_t)tern_option_int(options, "seed");
    bench->inflight    = (size_t)tern_option_int(options, "inflight");
    bench->num_servers = (int)tern_option_int(options, "servers");
    bench->dist        = tern_option_string(options, "dist");
    bench->skew        = tern_option_real(options, "skew");
    bench->seconds     = tern_option_real(options, "seconds");
    bench->is_paged    = strcmp(tern_option_string(options, "index"), "paged") == 0;
    bench->as_json     = tern_option_flag(options, "json");
    return status;
}
