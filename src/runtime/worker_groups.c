#include "runtime/worker_groups.h"

#include <stdlib.h>

#include "base/log.h"

static tern_status_t refuse(const char *text, const char *why)
{
    tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "--groups %s: %s", text, why);
    return TERN_ERR_USAGE;
}

static tern_status_t refuse_sum(const char *text, long sum, int num_workers)
{
    tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
             "--groups %s: these are %ld workers, the job has %d", text, sum,
             num_workers);
    return TERN_ERR_USAGE;
}

tern_status_t tern_worker_groups_parse(const char *text, int num_workers, int sizes[],
                                       int *num_groups_p)
{
    const char *at  = text;
    long        sum = 0;
    int         num = 0;

    if (text == NULL || text[0] == '\0') {
        sizes[0]      = num_workers;
        *num_groups_p = 1;
        return TERN_OK;
    }
    for (;;) {
        char *end;
        long  size = strtol(at, &end, 10);

        if (end == at || *at < '0' || *at > '9' || (*end != ',' && *end != '\0'))
            return refuse(text, "want the sizes of the groups, separated by commas");
        if (size < 1)
            return refuse(text, "a group has at least one worker");
        if (size > num_workers - sum || num == num_workers)
            return refuse_sum(text, sum + size, num_workers);
        sizes[num++] = (int)size;
        sum += size;
        if (*end == '\0')
            break;
        at = end + 1;
    }
    if (sum != num_workers)
        return refuse_sum(text, sum, num_workers);
    *num_groups_p = num;
    return TERN_OK;
}
