/* A program with libheng sees heng.h alone and gets what the command line gets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "heng.h"

typedef struct heard { char out[1 << 16], notes[1 << 14]; size_t out_len, notes_len; } heard;

static void hear(char *to, size_t max, size_t *len, const char *bytes, size_t n)
{
    size_t room = max - 1 - *len, part = n < room ? n : room;
    memcpy(to + *len, bytes, part);
    *len += part;
    to[*len] = '\0';
}

static void hear_out(void *context, const char *bytes, size_t n) { hear(((heard *)context)->out, sizeof((heard *)0)->out, &((heard *)context)->out_len, bytes, n); }
static void hear_notes(void *context, const char *bytes, size_t n) { hear(((heard *)context)->notes, sizeof((heard *)0)->notes, &((heard *)context)->notes_len, bytes, n); }

static int cases, failed;

static void check(int ok, const char *says)
{
    cases++;
    failed += !ok;
    printf("%s %d - %s\n", ok ? "ok" : "not ok", cases, says);
}

static int run(heard *h, const char *const *words)
{
    int count = 0;
    while (words[count]) count++;
    memset(h, 0, sizeof *h);
    heng_io io = {.out = hear_out, .notes = hear_notes, .context = h, .quiet = 1};
    return heng_run(words, count, &io);
}

int main(void)
{
    static heard h;
    char folder[] = "/tmp/heng-api-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    char db[64], wal[80];
    snprintf(db, sizeof db, "%s/a.heng", folder);
    check(strcmp(heng_version(), "0.1.0") == 0, "the version is that of the project");
    check(run(&h, (const char *const[]){"init", "--db", db, NULL}) == 0, "init makes a database");
    check(run(&h, (const char *const[]){"head", "--db", db, "--lang", "en", NULL}) == 0 && strstr(h.out, "head "), "head answers in text");
    check(run(&h, (const char *const[]){"party", "list", "--db", db, "--format", "json", NULL}) == 0 && strstr(h.out, "rest_of_china"), "a list as JSON goes to out");
    check(run(&h, (const char *const[]){"party", "show", "nobody at all", "--db", db, "--lang", "en", NULL}) == 3 && strstr(h.notes, "nobody at all") && !h.out_len,
          "a mistake gives its exit code, and its message goes to notes");
    check(run(&h, (const char *const[]){"hed", NULL}) == 2, "a command that is none is a mistake of usage");
    heng_io deaf = {.out = NULL};
    check(heng_run((const char *const[]){"version"}, 1, &deaf) == 0, "nobody needs to listen");
    static const char *const endings[] = {"", "-wal", "-shm", "-writer", "-columns", "-rules"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(wal, sizeof wal, "%s%s", db, endings[i]);
        unlink(wal);
    }
    rmdir(folder);
    printf("1..%d\n", cases);
    return failed != 0;
}
