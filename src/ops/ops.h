/*
 * Operations: the one table of everything that Heng can be asked to do. Commands, options, help, completion and (later) the API
 * and its rights come from it. An operation is given its arguments by name and answers with sheets, lines and an exit
 * code; it never prints. The surfaces (cli, later server) parse, call and show.
 */
#ifndef OPS_H
#define OPS_H
#include "account.h"
#include "base.h"
#include "book.h"
#include "filing.h"
#include "format.h"
#include "intake.h"
#include "plan.h"
#include "messages.h" /* of this room */
#include "rule.h"
#include "wire.h"

/* Exit codes, documented in help and README. */
enum { OPS_OK = 0, OPS_FINDINGS = 1 /* judged, and something is refused, missed or differs */, OPS_USAGE = 2, OPS_INPUT = 3, OPS_STORE = 4, OPS_BUSY = 5, OPS_DAMAGED = 6 };

typedef enum ops_arg_kind { OPS_FLAG, OPS_TEXT, OPS_FILE, OPS_DIR, OPS_PARTY, OPS_PERIOD, OPS_CHOICE } ops_arg_kind;
typedef struct ops_arg {
    const char *name;            /* "--period", or "FILE" for a positional one (upper case) */
    ops_arg_kind kind;
    bool required, repeated;
    const char *choices;         /* "calorific|coal_equal", NULL = free */
    const char *en, *zh;
} ops_arg;

typedef enum ops_needs { OPS_NO_BOOK, OPS_READS, OPS_WRITES } ops_needs;
typedef struct ops_call ops_call;
typedef struct ops_op {
    const char *name;            /* "account energy" */
    ops_needs needs;
    const char *en, *zh;         /* one line */
    const ops_arg *args;         /* ends with name NULL */
    const char *example;         /* a command line that the tests run, without "heng" */
    bool (*run)(ops_call *call, heng_err *err);
} ops_op;

enum { OPS_GIVEN_MAX = 64 };
struct ops_call {
    const ops_op *op;
    arena *a;                    /* lives as long as the call */
    heng_lang lang;
    const char *book_path;
    const char *rulebook;        /* folder of the shipped packs */
    bool quiet;
    int64_t known_us;            /* --known; BOOK_KNOWN_NOW */
    text known;                  /* as written, to be read in the zone of the book; empty = known_us counts */
    size_t given_count;
    struct { const char *name; text value; } given[OPS_GIVEN_MAX];
    book *book;                  /* opened by ops_run as the operation needs; NULL for OPS_NO_BOOK */
    /* answers */
    sheet_book *out;
    text_buf lines;              /* plain text, printed before the sheets */
    text raw;                    /* printed alone when not empty: a JSON or text document made by the operation */
    int exit_code;
    bool wants_json;             /* --format json: a why gives JSON */
    size_t width;                /* columns that a table may take before it is broken into parts; 0 = no limit */
    bool wants_exact;            /* csv and json: exact values in the account's own units, codes and ids for names */
    bool wants_rows;             /* csv, json or xlsx: what is done is told in fields, not in sentences */
    void (*flush)(ops_call *call); /* show what is there so far and start afresh: for an operation of several steps; NULL = shown at the end */
    const void *surface;         /* the surface's own */
};

const ops_op *ops_table(size_t *ret_count);
const ops_op *ops_find(const char *noun, const char *verb); /* verb may be NULL */
text ops_get(const ops_call *c, const char *name);          /* empty = not given */
bool ops_has(const ops_call *c, const char *name);
/* The moment that --known means: a time of day (2026-05-01T12:30:00, in the zone unless it names its offset), or the end of a day. */
MUST_USE bool ops_known(const cal_zone *zone, text t, int64_t *ret_us, heng_err *err);
/* Open the book as needed, run, close. */
MUST_USE bool ops_run(ops_call *call, const book_options *options, heng_err *err);
int ops_exit_of(const heng_err *err);

/* Every message of every room, for the gallery; ends with NULL. */
const heng_message *const *const *ops_all_messages(void);
#endif
