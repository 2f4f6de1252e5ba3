/* Progress of long work on stderr. See progress.h. */
#include "progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const int64_t FIRST_US = 1000000, TERMINAL_EVERY_US = 200000, FILE_EVERY_US = 10000000;

/* A clock that no one sets. */
static int64_t running_us(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void show(progress *p, int64_t at_us)
{
    long long seconds = (at_us - p->start_us) / 1000000, done = p->done, total = p->total;
    fputs(p->is_terminal ? "\r\033[K" : "", stderr);
    fprintf(stderr, "%s: %lld", p->what, done);
    if (total > 0) fprintf(stderr, " / %lld (%d%%)", total, (int)((double)done * 100 / (double)total));
    fprintf(stderr, ", %lld s%s", seconds, p->is_terminal ? "" : "\n");
    fflush(stderr);
    p->shown_us = at_us;
}

void progress_begin(progress *p, const char *what, int64_t total, bool quiet)
{
    *p = (progress){.what = what, .total = total, .quiet = quiet, .start_us = running_us(), .is_terminal = isatty(STDERR_FILENO) == 1};
}

void progress_add(progress *p, int64_t n)
{
    p->done += n;
    if (p->quiet) return;
    int64_t at_us = running_us(), every_us = p->is_terminal ? TERMINAL_EVERY_US : FILE_EVERY_US;
    bool due = p->shown_us ? at_us - p->shown_us >= every_us : at_us - p->start_us >= (p->is_terminal ? FIRST_US : FILE_EVERY_US);
    if (due) show(p, at_us);
}

/* The last state stays on the screen only if anything was shown. */
void progress_end(progress *p)
{
    if (p->quiet || !p->shown_us) return;
    show(p, running_us());
    if (p->is_terminal) fputs("\n", stderr);
}
