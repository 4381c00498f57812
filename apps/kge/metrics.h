/** \file
 * What a ranking is worth: mean reciprocal rank and hits.
 */
#ifndef KGE_METRICS_H
#define KGE_METRICS_H

/* Sums over queries, so that workers' metrics add; kge_metrics_mean() makes them averages. */
typedef struct kge_metrics {
    double mrr, hits1, hits3, hits10;
    double num_queries;
} kge_metrics_t;

enum { KGE_NUM_METRICS = sizeof(kge_metrics_t) / sizeof(double) };

/* Add an answer that `num_better` candidates beat and `num_equal` others tie with: ties get their mean rank. */
static inline void kge_metrics_add(kge_metrics_t *metrics, double num_better,
                                   double num_equal)
{
    double rank = 1 + num_better + num_equal / 2;

    metrics->mrr += 1 / rank;
    metrics->hits1 += rank <= 1;
    metrics->hits3 += rank <= 3;
    metrics->hits10 += rank <= 10;
    metrics->num_queries += 1;
}

static inline kge_metrics_t kge_metrics_mean(const kge_metrics_t *sums)
{
    double num = sums->num_queries > 0 ? sums->num_queries : 1;

    return (kge_metrics_t){sums->mrr / num, sums->hits1 / num, sums->hits3 / num,
                           sums->hits10 / num, sums->num_queries};
}

#endif
