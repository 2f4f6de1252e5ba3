/*
 * Heng as a library: the only installed header.
 *
 * A program asks what the command line asks, in the same words, and gets the same answer: as text for people, or as csv and
 * json with exact values. Amounts never pass through floating point. Calls are thread safe as long as each has its own io.
 */
#ifndef HENG_H
#define HENG_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HENG_API __attribute__((visibility("default")))

typedef void (*heng_write)(void *context, const char *bytes, size_t len);

typedef struct heng_io {
    heng_write out;     /* the answer */
    heng_write notes;   /* errors, and notes beside an answer for programs; NULL = dropped */
    void *context;
    int width;          /* columns of the terminal; 0 = no limit */
    int colour;         /* 1: ANSI colours */
    int quiet;          /* 1: no progress on stderr */
} heng_io;

/*
 * Run one command: words[0] is the noun ("account"), as after "heng" on the command line; global options are words too
 * ("--db", "city.heng", "--format", "json", "--lang", "en").
 * Returns 0 done; 1 judged, with findings; 2 usage; 3 input; 4 disk, permission or version; 5 another writer; 6 damaged.
 */
HENG_API int heng_run(const char *const *words, int count, const heng_io *io);

/* "0.1.0" */
HENG_API const char *heng_version(void);

#ifdef __cplusplus
}
#endif
#endif
