/** \file
 * A picture is a table of curves, a curve a column of a case's CSV file over another one, for the rows of one sweep.
 * Curves without rows are left out, and pictures without curves.
 */
#include "pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CURVES = 8, MAX_PANELS = 2, PATH_BYTES = 4096 };

typedef struct curve {
    const char *of, *rung; /* case; NULL: any rung */
    const char *column, *title, *style;
} curve_t;

typedef struct picture {
    const char *name, *title, *sweep;
    const char *x, *x_label, *y_label, *scales; /* scales: which axes are logarithmic */
    int         panels[MAX_PANELS];             /* widths; 0: one panel of all widths */
    curve_t     curves[MAX_CURVES];
} picture_t;

#define TERN_STYLE(color)  "linespoints lw 2 pt 7 ps 0.5 lc rgb '" color "'"
#define LIMIT_STYLE(color) "lines lw 1.5 dt 2 lc rgb '" color "'"
#define ROWS               TERN_STYLE("#1b7837")
#define MESSAGE            TERN_STYLE("#2166ac")
#define WINDOW             TERN_STYLE("#762a83")
#define RAW                LIMIT_STYLE("#7fbf7b")
#define BARE               LIMIT_STYLE("#404040")

static const picture_t pictures[] = {
    {.name    = "pull",
     .title   = "Pull: throughput over batch size",
     .sweep   = "batch",
     .x       = "batch",
     .x_label = "keys per call",
     .y_label = "values, MB/s",
     .scales  = "xy",
     .panels  = {16, 100},
     .curves  = {{"local-pull", NULL, "raw_MB_per_s", "limit: raw gather", RAW},
                 {"local-pull", NULL, "MB_per_s", "own node", ROWS},
                 {"remote-pull", "message", "bare_MB_per_s", "limit: bare MPI", BARE},
                 {"remote-pull", "message", "MB_per_s", "other nodes, messages", MESSAGE},
                 {"remote-pull", "window", "MB_per_s", "other nodes, window", WINDOW}}},
    {.name    = "push",
     .title   = "Push: throughput over batch size",
     .sweep   = "batch",
     .x       = "batch",
     .x_label = "keys per call",
     .y_label = "values, MB/s",
     .scales  = "xy",
     .panels  = {16, 100},
     .curves  = {{"local-push", NULL, "raw_MB_per_s", "limit: raw scatter", RAW},
                 {"local-push", NULL, "MB_per_s", "own node", ROWS},
                 {"remote-push", NULL, "bare_MB_per_s", "limit: bare MPI", BARE},
                 {"remote-push", NULL, "MB_per_s", "other nodes", MESSAGE},
                 {"push-pull", NULL, "MB_per_s", "push-pull, other nodes",
                  TERN_STYLE("#b2182b")}}},
    {.name    = "latency",
     .title   = "Pull of one key: latency over size",
     .sweep   = "width",
     .x       = "bytes",
     .x_label = "bytes per row",
     .y_label = "median time, us",
     .scales  = "xy",
     .curves  = {{"local-pull1", NULL, "us_per_call", "own node", ROWS},
                 {"pull-latency", "message", "bare_median_us", "limit: bare MPI", BARE},
                 {"pull-latency", "message", "median_us", "other nodes, messages",
                  MESSAGE},
                 {"pull-latency", "window", "median_us", "other nodes, window", WINDOW}}},
    {.name    = "scaling",
     .title   = "Scaling: keys per second over workers, width 16",
     .sweep   = "workers",
     .x       = "workers",
     .x_label = "workers",
     .y_label = "keys/s",
     .scales  = "y",
     .curves  = {{"local-pull", NULL, "raw_keys_per_s", "limit: raw gather", RAW},
                 {"local-pull", NULL, "keys_per_s", "pull, own node", ROWS},
                 {"remote-pull", "message", "bare_keys_per_s", "limit: bare MPI", BARE},
                 {"remote-pull", "message", "keys_per_s", "pull, messages", MESSAGE},
                 {"remote-pull", "window", "keys_per_s", "pull, window", WINDOW},
                 {"remote-push", NULL, "keys_per_s", "push, other nodes",
                  TERN_STYLE("#b2182b")}}},
    {.name    = "skew",
     .title   = "Zipf keys: throughput over the exponent, width 16",
     .sweep   = "skew",
     .x       = "skew",
     .x_label = "exponent (0: uniform)",
     .y_label = "keys/s",
     .scales  = "y",
     .curves  = {{"local-pull", NULL, "raw_keys_per_s", "limit: raw gather", RAW},
                 {"local-pull", NULL, "keys_per_s", "pull, own node", ROWS},
                 {"local-push", NULL, "keys_per_s", "push, own node",
                  TERN_STYLE("#d6604d")},
                 {"remote-pull", "message", "bare_keys_per_s", "limit: bare MPI", BARE},
                 {"remote-pull", "message", "keys_per_s", "pull, messages", MESSAGE},
                 {"remote-pull", "window", "keys_per_s", "pull, window", WINDOW},
                 {"remote-push", NULL, "keys_per_s", "push, other nodes",
                  TERN_STYLE("#b2182b")}}},
};

enum { NUM_PICTURES = sizeof(pictures) / sizeof(pictures[0]) };

/* --- what there is to draw --- */

static const tern_field_t *find_field(const record_t *record, const char *name)
{
    for (size_t f = 0; f < record->num; f++)
        if (strcmp(record->fields[f].name, name) == 0)
            return &record->fields[f];
    return NULL;
}

static bool has_text(const record_t *record, const char *name, const char *text)
{
    const tern_field_t *field = find_field(record, name);

    return field != NULL && strcmp(field->text, text) == 0;
}

/* Some record is a point of the curve in the panel of `width` (0: any). */
static bool has_curve(const results_t *results, const picture_t *picture,
                      const curve_t *curve, int width)
{
    for (size_t r = 0; r < results->num; r++) {
        const record_t *record = &results->list[r];

        if (strcmp(record->of->name, curve->of) == 0 &&
            has_text(record, "sweep", picture->sweep) &&
            (curve->rung == NULL || has_text(record, "rung", curve->rung)) &&
            (width == 0 || find_field(record, "width")->number == width))
            return true;
    }
    return false;
}

static bool has_panel(const results_t *results, const picture_t *picture, int width)
{
    for (const curve_t *curve = picture->curves; curve->of != NULL; curve++)
        if (has_curve(results, picture, curve, width))
            return true;
    return false;
}

/* Fills `widths`. \return How many panels have a curve. */
static int list_panels(const results_t *results, const picture_t *picture,
                       int widths[MAX_PANELS])
{
    int num = 0;

    for (int p = 0; p < MAX_PANELS && (p == 0 || picture->panels[p] != 0); p++)
        if (has_panel(results, picture, picture->panels[p]))
            widths[num++] = picture->panels[p];
    return num;
}

/* --- scripts --- */

static void write_curve(FILE *file, const picture_t *picture, const curve_t *curve,
                        int width)
{
    fprintf(file, "    \"%s.csv\" using (strcol(\"sweep\") eq \"%s\"", curve->of,
            picture->sweep);
    if (curve->rung != NULL)
        fprintf(file, " && strcol(\"rung\") eq \"%s\"", curve->rung);
    if (width != 0)
        fprintf(file, " && column(\"width\") == %d", width);
    fprintf(file, " ? column(\"%s\") : NaN):(column(\"%s\")) \\\n", picture->x,
            curve->column);
    fprintf(file, "        with %s title \"%s\"", curve->style, curve->title);
}

static void write_panel(FILE *file, const results_t *results, const picture_t *picture,
                        int width)
{
    const char *between = "plot \\\n";

    if (width != 0)
        fprintf(file, "set title \"width %d\"\n", width);
    for (const curve_t *curve = picture->curves; curve->of != NULL; curve++) {
        if (!has_curve(results, picture, curve, width))
            continue;
        fputs(between, file);
        write_curve(file, picture, curve, width);
        between = ", \\\n";
    }
    fputc('\n', file);
}

static void write_script(FILE *file, const results_t *results, const picture_t *picture,
                         const int widths[], int num_panels)
{
    fprintf(file,
            "# Run in this folder: gnuplot %s.gp\n"
            "set terminal svg size %d,460 dynamic background \"white\" font \"sans,13\"\n"
            "set output \"%s.svg\"\n"
            "set datafile separator comma\n"
            "set datafile missing NaN\n"
            "set key outside below maxcols 2 samplen 2\n"
            "set bmargin 7\n"
            "set grid\n"
            "set logscale %s\n"
            "set format y \"10^{%%T}\"\n"
            "set xlabel \"%s\"\n"
            "set ylabel \"%s\"\n"
            "set multiplot layout 1,%d title \"%s\"\n",
            picture->name, num_panels == 1 ? 640 : 1100, picture->name, picture->scales,
            picture->x_label, picture->y_label, num_panels, picture->title);
    if (strcmp(picture->x, "workers") == 0)
        fprintf(file, "set xtics 1\n");
    for (int p = 0; p < num_panels; p++)
        write_panel(file, results, picture, widths[p]);
    fprintf(file, "unset multiplot\n");
}

static tern_status_t create_script(const results_t *results, const picture_t *picture,
                                   const char *folder)
{
    int   widths[MAX_PANELS];
    int   num_panels = list_panels(results, picture, widths);
    char  path[PATH_BYTES];
    FILE *file;

    if (num_panels == 0)
        return TERN_OK;
    snprintf(path, sizeof(path), "%s/%s.gp", folder, picture->name);
    file = fopen(path, "w");
    if (file != NULL)
        write_script(file, results, picture, widths, num_panels);
    if (file != NULL && fclose(file) == 0)
        return TERN_OK;
    fprintf(stderr, "tern-bench: %s: %s\n", path, strerror(errno));
    return TERN_ERR_IO;
}

tern_status_t pictures_write(const results_t *results, const char *folder)
{
    tern_status_t status = TERN_OK;

    for (int p = 0; p < NUM_PICTURES && status == TERN_OK; p++)
        status = create_script(results, &pictures[p], folder);
    return status;
}

/* --- gnuplot --- */

enum { NO_PROGRAM = 127 };

/* The exit status of gnuplot, NO_PROGRAM if there is none. */
static int run_gnuplot(const char *folder, const char *script)
{
    int   status;
    pid_t child = fork();

    if (child == 0) {
        if (chdir(folder) == 0)
            execlp("gnuplot", "gnuplot", script, (char *)NULL);
        _exit(NO_PROGRAM);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return NO_PROGRAM;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

tern_status_t pictures_draw(const results_t *results, const char *folder)
{
    int widths[MAX_PANELS];

    for (int p = 0; p < NUM_PICTURES; p++) {
        char script[64];
        int  failed;

        if (list_panels(results, &pictures[p], widths) == 0)
            continue;
        snprintf(script, sizeof(script), "%s.gp", pictures[p].name);
        failed = run_gnuplot(folder, script);
        if (failed == NO_PROGRAM) {
            fprintf(stderr,
                    "tern-bench: gnuplot is not here, so no pictures; later: "
                    "cd %s && gnuplot *.gp\n",
                    folder);
            return TERN_OK;
        }
        if (failed) {
            fprintf(stderr, "tern-bench: gnuplot failed on %s/%s\n", folder, script);
            return TERN_ERR_IO;
        }
    }
    return TERN_OK;
}
