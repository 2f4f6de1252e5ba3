/*
 * Inside the room: what its files share. Not for the rooms above.
 *
 *   book.c        open and close, the head, rules, links by known-time
 *   column.c      columns of parameters for the store, pages of rows from it
 *   line.c        the canonical line of every fact, and the chain over them
 *   party.c       parties and their dated facts in memory; trees; finding
 *   party_judge.c new parties and facts: codes, cycles
 *   flow.c        flows and balances in memory
 *   key.c         keys of groups
 *   queue.c       book_post: who leads, who waits
 *   within.c      transactions of the rooms above on their own tables
 *   pending.c     one group commit from begin to answer
 *   group.c       groups of movements: load, judge
 *   write.c       groups of movements: sums, rows, lines
 *   fact.c        observations, holds, closings, bounds, editions
 *   entry.c       keyed texts of the rooms above
 *   rules.c       loading packs
 *   undo.c        undoing a delivery
 *   sums.c        book_sums_load
 *   read.c        everything else that is read
 *   verify.c      recompute all from nothing
 */
#ifndef BOOK_INSIDE_H
#define BOOK_INSIDE_H
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include "book.h"
#include "messages.h"
#include "sort.h"

enum {
    BOOK_GROUP_MAX = 4096,          /* movements of a group */
    BOOK_BATCH_MAX = 1 << 20,       /* items of a batch */
    BOOK_PENDING_BATCHES = 256,     /* batches that share a group commit */
    BOOK_PENDING_MOVEMENTS = 65536, /* no further batch joins after so many */
    BOOK_TEXT_MAX = 4096,           /* bytes of a name, note or value */
    BOOK_KEY_MAX = 255,             /* bytes of an ext id */
    BOOK_ENTRY_MAX = 1 << 20,       /* bytes of an entry */
    BOOK_TREE_MAX = 64,             /* levels of a tree of parties */
    BOOK_BLOCK_BITS = 13,           /* ids of movements in a block of the table touch: 8192, as in its statements */
    BOOK_PAGE = 4096,               /* rows of a page */
    BOOK_FILE_MAX = 64 << 20        /* bytes of a delivered file that is kept */
};

/* ---- column.c ---- */
typedef struct book_cols { arena *a; size_t rows, count; store_param params[24]; } book_cols;
book_cols book_cols_of(arena *a, size_t rows);
int64_t *book_col(book_cols *c, const char *name);
text *book_col_text(book_cols *c, const char *name);
text *book_col_blob(book_cols *c, const char *name);
bool *book_col_nulls(book_cols *c);             /* of the last column */
bool book_run(book *b, sql_id id, const book_cols *c, arena *a, store_rows *ret, heng_err *err); /* no call when rows is 0 */
bool book_run_ints(book *b, sql_id id, arena *a, store_rows *ret, heng_err *err, size_t count, const char *const *names, const int64_t *values);
int64_t book_at(const store_rows *r, size_t column, size_t row);
text book_text_at(const store_rows *r, size_t column, size_t row);
bool book_null_at(const store_rows *r, size_t column, size_t row);

/* Rows of a statement with :after and :limit, a page at a time; column 0 is the id. */
typedef struct book_cursor { sql_id sql; int64_t after; arena memory; store_rows rows; size_t at; bool begun, ended; } book_cursor;
void book_cursor_open(book_cursor *c, sql_id sql, int64_t after);
bool book_cursor_peek(book *b, book_cursor *c, bool *ret_end, heng_err *err); /* row c->at of c->rows is the next one */
void book_cursor_close(book_cursor *c);

/* ---- line.c ---- */
typedef struct book_chain { hash_state *state; size_t len; int64_t facts; char bytes[1 << 16]; } book_chain;
book_chain *book_chain_new(arena *a, hash_kind kind);
void book_chain_begin(book_chain *c, const hash *before, int64_t link, int64_t known_us);
void book_chain_done(book_chain *c, hash *ret);
hash book_chain_ground(const book *b);          /* stands before the first link */
void book_line_delivery(book_chain *c, int64_t id, text source, text file, text tab, text content, text bytes_hash, text user, text note, int64_t refused);
void book_line_party(book_chain *c, text code, text class_, int64_t delivery, int64_t row);
void book_line_party_fact(book_chain *c, text code, text attr, text value, int64_t valid_from, int64_t delivery, int64_t row);
typedef struct book_movement_line { int64_t grp; text key, flow; int64_t amount, start_us, end_us, delivery, row, row_less; } book_movement_line;
void book_line_movement(book_chain *c, const book_movement_line *m);
void book_line_supersession(book_chain *c, int64_t old_grp, int64_t new_grp);
typedef struct book_observation_line { text party, statistic, unit, item; int64_t start_us, end_us; text vintage; int64_t amount, scale, delivery, row; text source_note; } book_observation_line;
void book_line_observation(book_chain *c, const book_observation_line *o);
void book_line_hold(book_chain *c, text key, text party, text commodity, text unit, int64_t amount, int64_t expires_us);
void book_line_hold_event(book_chain *c, int64_t hold, text action, int64_t amount, int64_t grp);
void book_line_closing(book_chain *c, text party, int64_t start_us, int64_t end_us, int64_t reopens, text reason);
typedef struct book_bound_line { text key, indicator, party; int64_t compare; text value, value_hi, unit; int64_t start_us, end_us; text base, source; } book_bound_line;
void book_line_bound(book_chain *c, const book_bound_line *x);
void book_line_edition(book_chain *c, text key, text kind, text name, text address, text profile, text body_hash, text rules_hash);
void book_line_entry(book_chain *c, text kind, text key, int64_t version, text body, int64_t delivery, int64_t row);
void book_line_rule_load(book_chain *c, text pack, text version, text rules_hash);
void book_line_rule_row(book_chain *c, text pack, text tbl, text file, int64_t line, text key, text cells, text row_hash);
void book_line_end(book_chain *c, text tbl, int64_t fact);
void book_line_undo(book_chain *c, int64_t delivery);
text book_flow_line(arena *a, text giver, text taker, text commodity, text unit, text kind, int basis); /* the words of a flow, once */

/* ---- party.c ---- */
typedef enum book_attr { ATTR_NAME_ZH, ATTR_NAME_EN, ATTR_SHORT_NAME, ATTR_PLACE, ATTR_OWNER, ATTR_INDUSTRY, ATTR_REGION_CODE, ATTR_ROLE, ATTR_NOTE, ATTR_EXT_ID,
                         ATTR_COUNT, ATTR_UNKNOWN = -1 } book_attr;
typedef struct party_fact { int64_t id, link, ended; int32_t party, valid_from; int8_t attr; text attr_text, value; int32_t other; /* party of place, owner */ int64_t next; } party_fact;
typedef struct party_item { text code, class_text; int32_t class_; int64_t link; int64_t facts; /* newest first, -1 = none */ } party_item;
typedef struct party_cache {
    arena memory;
    bool is_loaded;
    size_t count, max; party_item *items;
    size_t fact_count, fact_max; party_fact *facts;
    text_map codes, ext_ids;
} party_cache;
bool book_party_load(book *b, heng_err *err);   /* fine when loaded */
void book_party_drop(book *b);
int32_t book_party_add(book *b, text code, text class_text, int32_t class_, int64_t link);
bool book_party_fact_add(book *b, const party_fact *f); /* false: the value names a party that is not there */
int32_t book_party_code(const book *b, text code);
int32_t book_party_role(const book *b, int32_t party, int32_t day); /* live now; RULE_NONE */
int32_t book_party_up(const book *b, int32_t party, book_attr tree, int32_t day);
const party_fact *book_party_fact_on(const book *b, int32_t party, book_attr attr, int32_t day, int64_t link);
book_attr book_attr_of(text t);
char *book_party_words(arena *a, const book *b, int32_t party); /* for messages: its name, else its code, in both languages */
char *book_label(arena *a, text id, rule_name name); /* for messages in either language: raw_coal(原煤) */
char *book_name_words(arena *a, text id, rule_name name); /* the name alone, in both languages */
bool book_party_inside(const book *b, int32_t party, int32_t root, int32_t day); /* by place */

/* ---- flow.c ---- */
typedef struct balance_entry balance_entry;
struct balance_entry {
    int32_t party, commodity, unit;
    int64_t posted, held;
    bool is_loaded, is_holding;  /* holding: right, money or lot */
    uint64_t pending;            /* the last group commit that changed it */
    balance_entry *next;
};
typedef struct flow_entry flow_entry;
struct flow_entry {
    int64_t id;                  /* 0 = not in the store */
    book_flow ends;
    bool is_looked_up, fits, is_holding, has_key, is_new; /* new: gets its number when it is written */
    text line;                   /* its words in a canonical line */
    uint64_t key[2];             /* of giver, taker, commodity and kind; made when a group without ext id asks (book_flow_key) */
    balance_entry *giver, *taker;/* NULL = nothing piles up there */
    uint64_t pending;            /* the last group commit that has months or movements of it */
    int64_t month;               /* its first month of that, index + 1 */
    int64_t block;               /* the last block of ids known to hold movements of it, + 1 */
    flow_entry *next, *next_by_id;
};
typedef struct flow_cache {
    arena memory;
    flow_entry **slots, **by_id;
    balance_entry **balances;
    size_t count, mask, balance_count, balance_mask;
    int64_t numbered;            /* how many have a number */
} flow_cache;
flow_entry *book_flow_entry(book *b, const book_flow *ends);    /* found or made */
const uint64_t *book_flow_key(const book *b, flow_entry *f);
flow_entry *book_flow_by_id(const book *b, int64_t id);         /* NULL = not in memory */
void book_flow_numbered(book *b, flow_entry *f, int64_t id);
balance_entry *book_balance_entry(book *b, int32_t party, int32_t commodity, int32_t unit);
bool book_balance_kept(const rule_set *r, int32_t class_, int32_t commodity); /* does the party's class pile it up? */
bool book_flow_judge(const book *b, const book_flow *ends, heng_err *err); /* does the kind fit? */
bool book_is_holding(const rule_set *r, int32_t commodity);
bool book_is_issuer(const book *b, int32_t party, int32_t day);

/* ---- key.c ---- */
uint64_t book_mix(uint64_t h, uint64_t v);
void book_key_of_words(text words, uint64_t ret[2]);            /* SipHash-2-4 with 128 bits, no secret */
text book_key_made(arena *a, int64_t start_us, const uint64_t h[2]);
text book_key_ext(arena *a, text ext_id);
text book_key_ordinal(arena *a, text key, uint32_t ordinal);
text book_key_printable(arena *a, text key);

/* ---- the book ---- */
typedef struct book_source { int64_t id; /* 0 = not in the store */ text name; bool is_looked_up, has_last; text last_key; char *last_bytes; } book_source;
typedef struct book_next { int64_t link, source, delivery, undo, party, party_fact, flow, movement, supersession, hold, hold_event, observation, closing, bound, edition, rule_load, rule_row, fact_end, entry; } book_next;
typedef struct closing_item { int64_t id, link; int32_t party; period when; int64_t reopens, reopened_link, known_us, reopened_us; text reason; const bool *inside; size_t inside_count; } closing_item;
typedef struct closing_cache { arena memory; bool is_loaded; size_t count, max, open; closing_item *items; } closing_cache;

typedef struct request {
    const book_batch *batch;
    arena *a;
    book_result *results;
    book_receipt *receipt;
    heng_err *err;
    bool ok, leads;
    sem_t answered;
    struct request *next;
} request;
typedef struct book_queue { pthread_mutex_t lock; request *first, *last; size_t count, count_before; bool is_led; int64_t commit_us; } book_queue;

struct book {
    arena memory;
    store *store;
    const cal_zone *zone;
    hash_kind hash;
    bool is_writer;
    int64_t fixed_now_us;
    text user;
    pthread_mutex_t work;        /* recursive: one thread at a time uses store and caches */
    book_queue queue;
    int64_t changed;             /* store_changed when the caches were filled (reader) */
    book_head head;
    book_next next;              /* the last numbers given */
    arena rules_memory;          /* every rule set that was handed out */
    const rule_set *rules;
    int64_t rules_link;
    uint64_t rules_version;
    party_cache parties;
    flow_cache flows;
    closing_cache closings;
    arena sources_memory;
    size_t source_count, source_max; book_source *sources;
    text_map source_names;
    uint64_t pending;            /* counts group commits */
    int32_t month; int64_t month_start_us, month_end_us; /* the month used last */
};
void book_lock(book *b);
void book_unlock(book *b);
bool book_head_load(book *b, heng_err *err);
void book_drop(book *b);         /* all that is remembered of the store */
bool book_fresh(book *b, heng_err *err); /* a reader sees what others have committed */
bool book_rules_load(book *b, heng_err *err);
/* The last link known at known_us (0 = none); INT64_MAX for BOOK_KNOWN_NOW. */
bool book_link_at(book *b, int64_t known_us, int64_t *ret, heng_err *err);
bool book_link_get(book *b, arena *a, int64_t link, book_head *ret, heng_err *err); /* link, hash, known_us; movements: its last movement id */
int32_t book_month_of(book *b, int64_t us);
bool book_closings_load(book *b, heng_err *err);
bool book_is_closed(book *b, int32_t party, period when);
bool book_text_ok(text t, size_t max, bool may_be_empty, const char *field, heng_err *err);

/* ---- pending.c, group.c, write.c, fact.c, rules.c, undo.c ---- */
typedef struct movement_ref { flow_entry *flow; int64_t amount; period when; } movement_ref;
typedef struct old_group { int64_t id; size_t count; movement_ref *refs; int64_t by; /* 0 = live, -1 = undone, group */ int64_t by_us; int64_t pending_by; /* group of this commit + 1 */ } old_group;
typedef struct hold_state { text key; int64_t id; int32_t party, commodity, unit; int64_t amount, expires_us, posted, released; } hold_state;
typedef struct group_state {
    const book_group *g;
    text key;
    movement_ref *refs;          /* NULL: refused before it was judged */
    size_t batch, item;
    int64_t same_before;         /* group of this commit with the same key, -1 = none */
    int64_t found;               /* group of the store with the same key, 0 = none */
    old_group *replaces;         /* of the store */
    int64_t replaces_pending;    /* of this commit, -1 */
    int64_t is_made;             /* journalled: stands, 0 or 1 */
    int64_t pending_by;          /* journalled: group of this commit that replaces it, + 1 */
    bool key_is_known;
    bool exists;
    int64_t exists_id, exists_pending; /* of the store; of this commit, -1 */
    bool is_restatement, goes_below_zero;
    hold_state *hold; int64_t hold_amount;
    int64_t id;
} group_state;
typedef struct batch_state {
    request *r;
    book_source *source;
    size_t first_group;
    int64_t delivery, delivery_before;
    int64_t first_movement, movements, first_observation, observations;
    int64_t refused, made;
    bool is_reverted, is_failed, is_known; /* known: the same delivery before */
    size_t group_item, journal_mark;
    book_result *results;        /* the caller's, or own ones when it wants none */
} batch_state;
typedef struct journal_entry { int64_t *where, before; } journal_entry;
typedef struct month_entry { flow_entry *flow; int32_t month; int64_t delta, parts; int64_t next; } month_entry;
typedef struct touch_entry { const flow_entry *flow; int64_t block; } touch_entry;
typedef struct end_mark { text tbl; int64_t fact; } end_mark;
typedef struct hold_event { int64_t hold; text action; int64_t amount, grp; } hold_event;
typedef struct entry_new { text kind, key, body; int64_t version, row, delivery; /* 0 = of this batch */ bool is_ended; } entry_new;
typedef struct pending {
    book *b;
    arena *a;
    uint64_t stamp;
    int64_t link, known_us; int32_t known_day;
    size_t batch_count; batch_state *batches;
    size_t group_count; group_state *groups; size_t *order; /* by source and key */
    size_t flow_count, flow_max; flow_entry **flows;        /* met for the first time: to look up */
    size_t new_count, new_max; flow_entry **news;           /* not in the store: to add */
    size_t old_count; old_group *olds;                      /* in order of id */
    text_map holds; size_t hold_count; hold_state *hold_items;
    size_t journal_count, journal_max; journal_entry *journal;
    size_t month_count, month_max; month_entry *months;
    size_t touched_count, touched_max; flow_entry **touched; /* months of theirs change */
    size_t touch_count, touch_max; touch_entry *touches;
    size_t balance_count, balance_max; balance_entry **balances; /* changed */
    size_t event_count, event_max; hold_event *events;
    size_t end_count, end_max; end_mark *ends;
    size_t super_count, super_max; int64_t (*supers)[2];
    /* of a batch that stands alone */
    size_t party_count; book_party_new *parties; text *party_class;
    size_t fact_count; party_fact *facts; const book_party_fact **fact_items;
    size_t observation_count; const book_observation **observations;
    size_t hold_new_count; const book_hold **hold_news; int64_t *hold_ids;
    size_t closing_count; const book_closing **closings; int64_t *closing_reopens;
    size_t bound_count; const book_bound **bounds;
    size_t edition_count; const book_edition **editions;
    size_t entry_count, entry_max; entry_new *entries;
    int64_t rules_added, rules_ended; size_t rule_load_count;
    store_rows *unused;          /* of statements that give no rows: NULL */
    struct rules_change *rules;
    const rule_set *new_rules;
    int64_t undone, restated;
    book_chain *chain; hash head;
    book_next next;
} pending;

bool book_pending_run(book *b, request **requests, size_t count, heng_err *err);
bool book_batch_is_light(const book_batch *batch);
book_result *book_result_of(batch_state *s, size_t item);
void book_journal_set(pending *p, int64_t *where, int64_t value);
void book_journal_revert(pending *p, size_t mark);
bool book_refuse(batch_state *s, size_t item, const heng_err *why); /* returns true: judged */
void book_balance_changed(pending *p, balance_entry *e);
bool book_balance_move(pending *p, balance_entry *e, int64_t delta, heng_err *err);
bool book_month_movement(pending *p, const movement_ref *m, int sign, heng_err *err);
bool book_below_zero(const pending *p, const balance_entry *e, int32_t day, heng_err *err); /* true: refused, with err */

bool book_groups_prepare(pending *p, heng_err *err);
bool book_groups_judge(pending *p, batch_state *s, heng_err *err);
bool book_groups_accept(pending *p, batch_state *s, heng_err *err);
bool book_olds_load(pending *p, size_t count, const int64_t *ids, heng_err *err); /* ids in order, each once */
old_group *book_old_find(const pending *p, int64_t id);
bool book_balances_load(pending *p, heng_err *err);
bool book_write(pending *p, heng_err *err);
bool book_parties_judge(pending *p, batch_state *s, size_t *item, heng_err *err);
bool book_facts_judge(pending *p, batch_state *s, size_t *item, heng_err *err);
bool book_delivery_bytes_load(book *b, arena *a, int64_t delivery, text *ret, heng_err *err);
bool book_marks_write(pending *p, heng_err *err);
bool book_facts_write(pending *p, heng_err *err);
bool book_parties_write(pending *p, heng_err *err);
bool book_entries_judge(pending *p, batch_state *s, size_t *item, heng_err *err);
bool book_entries_undo(pending *p, int64_t delivery, heng_err *err);
bool book_entries_write(pending *p, heng_err *err);
bool book_rules_judge(pending *p, const rule_set *rules, heng_err *err);
bool book_rules_write(pending *p, heng_err *err);
bool book_undo_judge(pending *p, batch_state *s, heng_err *err);
#endif
