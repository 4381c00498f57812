/** \file
 * tern-wordnet: WordNet's data files as triples for tern-kge, or as pairs of words for tern-w2v.
 *
 * The relation sets are those of WN18 and WN18RR; the triples and the split are not the published ones,
 * which keep only frequent entities: results compare within this project only.
 */
#include "graph.h"
#include "tern/options.h"
#include "wordnet_pairs.h"

#include <stdio.h>
#include <string.h>

static const tern_option_t wordnet_options[] = {
    {"input", TERN_OPTION_STRING, "/usr/share/wordnet", "DIR",
     "where data.noun, data.verb, data.adj and data.adv are", 0, 0, NULL},
    {"output", TERN_OPTION_STRING, NULL, "DIR",
     "where train.tsv, valid.tsv and test.tsv go", 0, 0, NULL},
    {"relations", TERN_OPTION_CHOICE, "wn18", NULL,
     "relation set: 18 relations, the 11 without inverses, or every pointer", 0, 0,
     "wn18|wn18rr|all"},
    {"split", TERN_OPTION_CHOICE, "pair", NULL,
     "keep all triples of a pair of entities in one part, or split by triple; both: into "
     "DIR/pair and "
     "DIR/triple",
     0, 0, "pair|triple|both"},
    {"core", TERN_OPTION_INT, "0", "DEGREE",
     "keep entities with at least that many triples, repeatedly", 0, 1e9, NULL},
    {"core-pair", TERN_OPTION_INT, "0", "DEGREE", "the same for the pair split alone", 0,
     1e9, NULL},
    {"vocabulary", TERN_OPTION_STRING, NULL, "FILE",
     "write related and random pairs of its words, as tern-w2v --pairs reads them, and "
     "no "
     "triples",
     0, 0, NULL},
    {"max-rank", TERN_OPTION_INT, "20000", "words",
     "use only the first words of --vocabulary", 2, 4e9, NULL},
};

/* clang-format off */
static const char epilogue[] =
    "The hash of the unordered pair {head, tail} (--split pair) or of the triple (--split triple),\n"
    "modulo 100, decides: 0-2 valid, 3-5 test, the rest train. Valid and test triples with an entity\n"
    "or a relation that train does not contain are dropped.\n"
    "These are WN18-like and WN18RR-like data, not the published WN18 and WN18RR splits. A triple\n"
    "split of the wn18 relations leaks: 95 of 100 test triples have their inverse in train.\n"
    "\n"
    "Example:\n"
    "  tern-wordnet --output wordnet --split both --core-pair 5\n"
    "  tern-kge --data wordnet\n"
    "  tern-wordnet --output pairs --vocabulary words.txt\n";
/* clang-format on */

static kge_relation_set_t chosen_set(const tern_options_t *options)
{
    const char *name = tern_option_string(options, "relations");

    if (strcmp(name, "wn18rr") == 0)
        return KGE_RELATIONS_WN18RR;
    return strcmp(name, "all") == 0 ? KGE_RELATIONS_ALL : KGE_RELATIONS_WN18;
}

/* With --json a line is an object. */
static void print_counts(const tern_options_t *options, const char *what,
                         const kge_graph_t *graph)
{
    size_t num_relations = kge_graph_count_relations(graph);
    size_t num_entities  = kge_graph_count_entities(graph);

    if (tern_option_flag(options, "json"))
        printf("{\"graph\": \"%s\", \"triples\": %zu, \"relations\": %zu, \"entities\": "
               "%zu}\n",
               what, graph->triples.num, num_relations, num_entities);
    else
        printf("%-13s %zu triples, %zu relations, %zu entities\n", what,
               graph->triples.num, num_relations, num_entities);
}

static void print_split(const tern_options_t *options, kge_split_t split,
                        const char *directory, const kge_split_counts_t *counts)
{
    const char *name = split == KGE_SPLIT_PAIR ? "pair" : "triple";

    if (tern_option_flag(options, "json"))
        printf("{\"split\": \"%s\", \"train\": %zu, \"valid\": %zu, \"test\": %zu, "
               "\"dropped\": %zu}\n",
               name, counts->num[KGE_TRAIN], counts->num[KGE_VALID],
               counts->num[KGE_TEST], counts->num_dropped);
    else
        printf("%-6s split  train %zu, valid %zu, test %zu (%zu dropped) in %s\n", name,
               counts->num[KGE_TRAIN], counts->num[KGE_VALID], counts->num[KGE_TEST],
               counts->num_dropped, directory);
}

static tern_status_t write_split(const tern_options_t *options, const kge_graph_t *graph,
                                 kge_split_t split, const char *directory,
                                 app_complaint_t *complaint)
{
    uint64_t           seed = (uint64_t)tern_option_int(options, "seed");
    kge_split_counts_t counts;
    tern_status_t      status =
        kge_graph_write_split(graph, split, seed, directory, &counts, complaint);

    if (status == TERN_OK)
        print_split(options, split, directory, &counts);
    return status;
}

static void keep_core(const tern_options_t *options, const char *option,
                      kge_graph_t *graph)
{
    size_t degree = (size_t)tern_option_int(options, option);
    char   what[32];

    if (degree == 0)
        return;
    kge_graph_keep_core(graph, degree);
    snprintf(what, sizeof(what), "%zu-core", degree);
    print_counts(options, what, graph);
}

/* The triple split first, because the pair split may narrow the graph further. */
static tern_status_t write_splits(const tern_options_t *options, kge_graph_t *graph,
                                  app_complaint_t *complaint)
{
    const char   *output = tern_option_string(options, "output");
    const char   *split  = tern_option_string(options, "split");
    bool          both   = strcmp(split, "both") == 0;
    tern_status_t status = TERN_OK;
    char          directory[4096];

    if (both || strcmp(split, "triple") == 0) {
        snprintf(directory, sizeof(directory), "%s%s", output, both ? "/triple" : "");
        status = write_split(options, graph, KGE_SPLIT_TRIPLE, directory, complaint);
    }
    if (status == TERN_OK && (both || strcmp(split, "pair") == 0)) {
        keep_core(options, "core-pair", graph);
        snprintf(directory, sizeof(directory), "%s%s", output, both ? "/pair" : "");
        status = write_split(options, graph, KGE_SPLIT_PAIR, directory, complaint);
    }
    return status;
}

static tern_status_t write_pairs(const tern_options_t *options,
                                 app_complaint_t      *complaint)
{
    kge_pairs_recipe_t recipe = {
        .wordnet    = tern_option_string(options, "input"),
        .vocabulary = tern_option_string(options, "vocabulary"),
        .max_rank   = (size_t)tern_option_int(options, "max-rank"),
        .output     = tern_option_string(options, "output"),
        .seed       = (uint64_t)tern_option_int(options, "seed"),
    };
    kge_pairs_counts_t counts;
    tern_status_t      status = kge_wordnet_pairs_write(&recipe, &counts, complaint);

    if (status == TERN_OK)
        printf(tern_option_flag(options, "json")
                   ? "{\"words\": %zu, \"synonyms\": %zu, \"hypernyms\": %zu}\n"
                   : "pairs of %zu words: %zu synonyms, %zu hypernyms\n",
               counts.num_words, counts.num_synonyms, counts.num_hypernyms);
    return status;
}

static tern_status_t convert(const tern_options_t *options, app_complaint_t *complaint)
{
    kge_graph_t   graph;
    tern_status_t status = TERN_OK;

    if (tern_option_string(options, "output") == NULL)
        return app_complain(complaint, TERN_ERR_USAGE, "--output DIR is missing");
    if (tern_option_string(options, "vocabulary") != NULL)
        return write_pairs(options, complaint);
    kge_graph_init(&graph);
    status = kge_graph_read_wordnet(&graph, tern_option_string(options, "input"),
                                    chosen_set(options), complaint);
    if (status == TERN_OK) {
        print_counts(options, tern_option_string(options, "relations"), &graph);
        keep_core(options, "core", &graph);
        status = write_splits(options, &graph, complaint);
    }
    kge_graph_fini(&graph);
    return status;
}

static tern_status_t parse_and_convert(int argc, char *argv[], tern_options_t *options)
{
    app_complaint_t complaint = {""};
    tern_status_t   status    = tern_options_add(
             options, sizeof(wordnet_options) / sizeof(wordnet_options[0]), wordnet_options);

    tern_options_set_usage(options, NULL, epilogue);
    if (status == TERN_OK)
        status = tern_options_parse(options, argc, argv);
    if (status != TERN_OK)
        return status;
    status = convert(options, &complaint);
    if (status != TERN_OK)
        fprintf(stderr, "tern-wordnet: %s\n", complaint.text);
    return status;
}

int main(int argc, char *argv[])
{
    tern_options_t *options = NULL;
    tern_status_t   status  = tern_options_create(
           "tern-wordnet",
           "turn WordNet's data files into triples for tern-kge, or pairs for tern-w2v",
           &options);

    if (status == TERN_OK)
        status = parse_and_convert(argc, argv, options);
    tern_options_destroy(&options);
    return tern_status_exit_code(status);
}
