/*
 * The book: facts in, never changed, chained by hashes; exact sums kept beside them.
 *
 * Everything is posted through one function, book_post, by the demo, imports, tests and (later) devices and server. A batch
 * holds facts of any kind. Threads post at once; one of them leads, judges each waiting batch against the pending group, writes
 * all in one transaction with one new link of the chain, and answers after fsync (group commit).
 *
 * Two times: a movement's own period, and the known-time of the link it came with. The book never stores a derived amount; flow_month
 * and balance are sums kept in the transaction of their movements and recomputed by book_verify.
 */
#ifndef BOOK_H
#define BOOK_H
#include "base.h"
#include "rule.h"
#include "store.h"

typedef struct book book;
enum { BOOK_NONE = -1 };
#define BOOK_KNOWN_NOW INT64_MAX

typedef struct book_options {
    store_options store;
    const char *zone;            /* of a new book; NULL = Asia/Shanghai */
    hash_kind hash;              /* of a new book's chain */
    int64_t fixed_now_us;        /* tests and the demo: known-times start here and grow by 1 us a link; 0 = the clock */
    text user;                   /* who posts, for the deliveries */
} book_options;

MUST_USE bool book_create(const char *path, const book_options *options, book **ret, heng_err *err);
MUST_USE bool book_open(const char *path, bool write, const book_options *options, book **ret, heng_err *err);
void book_close(book *b);
store *book_store(book *b);
const cal_zone *book_zone(const book *b);
/* The rules as known now (writer and reader), or as known then; kept by the book, read only. book.no_rules when no pack has been loaded. */
MUST_USE bool book_rules(book *b, const rule_set **ret, heng_err *err);
MUST_USE bool book_rules_at(book *b, arena *a, int64_t known_us, const rule_set **ret, heng_err *err);

/* ---- Facts of a batch ---- */

typedef enum book_basis { BOOK_METERED, BOOK_REPORTED, BOOK_ESTIMATED, BOOK_APPORTIONED } book_basis;

typedef struct book_movement {
    int32_t giver, taker;        /* parties, by book_party_find */
    int32_t commodity, unit, kind; /* indexes of book_rules */
    book_basis basis;
    int64_t amount;              /* 10^-scale of the unit, >= 0 */
    period when;                 /* start = end: an instant */
    int64_t row;                 /* of the delivery's file, 0 = none */
    int64_t row_less;            /* a row subtracted from it (an of-which row), 0 = none */
} book_movement;

typedef struct book_group {      /* posted together or not at all */
    text ext_id;                 /* key inside the source; empty: made from content (period, parties, commodity, kind, ordinal among equals) */
    const book_movement *movements;
    size_t count;                /* 1..4096 */
    int64_t supersedes;          /* group id, 0 = none: replace that whole group, once */
    text hold;                   /* a hold (its key) that this group posts, in whole or part; empty = none */
} book_group;

typedef struct book_observation {
    int32_t party;
    int32_t statistic;
    text item;                   /* "" or a sub-key: "Total Coal|Import" */
    period when;
    text vintage;                /* "2021-03-01", "final", ""; the greatest counts unless one is named */
    int64_t count; int scale;    /* value = count / 10^scale */
    int32_t unit;
    int64_t row;
    text source_note;            /* the issuing document */
} book_observation;              /* key: party, statistic, item, period, vintage */

typedef struct book_party_new { text code; int32_t class_; int64_t row; } book_party_new; /* code: own, or a unified social credit code (checked when of 18 characters) */

/* attr: name_zh name_en short_name place owner industry region_code role ext_id:<scheme> note. place and owner hold a party code.
 * A fact holds from valid_from until the next one of the same attr; the same (party, attr, valid_from) again with another value supersedes. short_name: several, joined by ; */
typedef struct book_party_fact { text party_code; text attr; text value; int32_t valid_from; int64_t row; } book_party_fact;

typedef enum book_hold_action { BOOK_RESERVE, BOOK_VOID, BOOK_EXPIRE } book_hold_action; /* posting in part or whole: book_group.hold */
typedef struct book_hold { text key; book_hold_action action; int32_t party, commodity, unit; int64_t amount; int64_t expires_us /* 0 = never */; } book_hold;

typedef struct book_closing { int32_t party; period when; bool reopen; text reason; } book_closing; /* 封账 of the party's subtree; reopen needs a reason */
typedef enum book_compare { BOOK_AT_MOST, BOOK_AT_LEAST, BOOK_EQUAL, BOOK_BETWEEN } book_compare;
typedef struct book_bound { text key; text indicator; int32_t party; book_compare compare; text value, value_hi; text unit; period when; text base; text source; } book_bound; /* same key again: supersedes */
typedef struct book_edition { text key; text kind; text name; text address; text profile; text body; } book_edition; /* body: the frozen table (JSON); its hash goes into the chain */
/*
 * A keyed text of a room above: a row of a plan, a correction, a decision. The newest body of (kind, key) counts; the same body again exists,
 * another one supersedes (no flag needed), an empty one withdraws. Undoing a delivery brings back the version before.
 */
typedef struct book_entry { text kind, key, body; int64_t row; } book_entry; /* kind to 64 bytes, key to 255, body to 1 MiB */

struct book_receipt;
typedef struct book_batch {
    /* where it comes from */
    text source;                 /* logical source, the scope of keys: "天津统计年鉴2022", "cli:wang" */
    text file, sheet;            /* delivery; empty for none */
    hash content; bool has_content; /* of the file (with sheet and mapping): the same delivery twice -> all BOOK_EXISTS */
    text bytes;                  /* the file itself, kept (zlib) up to 64 MiB so that a why can print its rows; empty = not kept */
    text note;
    /* how */
    bool all_or_none;            /* one refused item refuses the batch */
    bool dry_run;                /* judge, write nothing */
    bool supersede;              /* same key, other content: supersede instead of refuse */
    /* what; results[] run in this order */
    size_t party_count; const book_party_new *parties;
    size_t party_fact_count; const book_party_fact *party_facts;
    size_t group_count; const book_group *groups;
    size_t observation_count; const book_observation *observations;
    size_t hold_count; const book_hold *holds;
    size_t closing_count; const book_closing *closings;
    size_t bound_count; const book_bound *bounds;
    size_t edition_count; const book_edition *editions;
    size_t entry_count; const book_entry *entries;
    const rule_set *rules;       /* rows to load: rows that differ from the stored ones of the same packs are ended and added; NULL = none */
    /*
     * Run inside the transaction, after the rows of the batch and its link, before the commit: a room above writes its own tables with the facts that speak of them.
     * Such a batch stands alone. Not run when nothing is written. It may run in another thread than the caller's. False: nothing is stored.
     */
    bool (*within)(void *context, store *s, const struct book_receipt *at /* link, known_us, delivery */, heng_err *err);
    void *within_context;
    int64_t undo_delivery;       /* supersede all groups and observations of this delivery by nothing, its entries by what was before; 0 = none */
} book_batch;

typedef enum book_status { BOOK_CREATED, BOOK_EXISTS, BOOK_SUPERSEDED /* created in place of an older one */, BOOK_REFUSED, BOOK_NOT_TRIED } book_status;
typedef struct book_result {
    book_status status;
    int64_t id;                  /* of group, observation, ... (existing one when BOOK_EXISTS) */
    const heng_err *why;         /* BOOK_REFUSED: the reason, in the arena given */
    bool is_restatement;         /* falls into a closed period */
    bool goes_below_zero;        /* a physical stock (warning) */
} book_result;
typedef struct book_receipt {
    int64_t link, delivery, known_us;
    bool delivery_exists;        /* the same file before: nothing was done */
    int64_t created, exists, superseded, refused, restated, undone;
    int64_t rules_added, rules_ended;
} book_receipt;

size_t book_batch_items(const book_batch *batch); /* length of results */
/*
 * Post. Thread safe. False: an error that stopped the whole batch (disk, busy, overflow), nothing stored. True: see results (may be
 * NULL) and receipt; with all_or_none and any refusal nothing is stored and receipt->refused > 0. A bounded number of store calls whatever the size.
 */
MUST_USE bool book_post(book *b, arena *a, const book_batch *batch, book_result *results, book_receipt *receipt, heng_err *err);

/* A transaction of a room above on its own tables, without facts: under the lock of the book, with the known-time a link would have now. No link is made. */
typedef bool (*book_within_fn)(void *context, store *s, int64_t known_us, heng_err *err);
MUST_USE bool book_within(book *b, book_within_fn fn, void *context, heng_err *err);
/* The same for reading: fn sees one state of the store. */
MUST_USE bool book_reading(book *b, book_within_fn fn, void *context, heng_err *err);
int64_t book_now_us(const book *b);                            /* the clock, or the fixed time of the book */
hash_kind book_hash_kind(const book *b);

/* ---- Parties ---- */

typedef struct book_party {      /* as of a day and as known */
    int32_t id;                  /* index in the array too */
    text code;
    int32_t class_;
    text name_zh, name_en, short_names;
    int32_t place, owner;        /* BOOK_NONE = top */
    text industry, region_code;
    int32_t role;                /* RULE_NONE */
    int32_t sector;              /* by rule_sector_of */
} book_party;
typedef struct book_parties { size_t count; const book_party *items; } book_parties;
MUST_USE bool book_parties_at(book *b, arena *a, int32_t day, int64_t known_us, book_parties *ret, heng_err *err);
int32_t book_party_find(book *b, text code);                   /* exact code or ext_id; BOOK_NONE */
/* By code, short name, name, part of a name, pinyin initials; errors book.party_unknown (nearest names) and book.party_ambiguous (candidates). */
MUST_USE bool book_party_want(book *b, const book_parties *among, text name, int32_t *ret, heng_err *err);
typedef enum book_tree { BOOK_BY_PLACE, BOOK_BY_OWNER } book_tree;
/* inside[i] true for root and all below it; a cycle was refused at posting. */
bool *book_subtree(arena *a, const book_parties *parties, book_tree tree, int32_t root);
typedef struct book_party_history { text attr, value; int32_t valid_from; int64_t known_us, ended_us; int64_t delivery, row; } book_party_history;
MUST_USE bool book_party_history_of(book *b, arena *a, int32_t party, book_party_history **ret, size_t *ret_count, heng_err *err);

/* ---- Flows and sums ---- */

typedef struct book_flow { int32_t giver, taker, commodity, unit, kind; uint8_t basis; } book_flow; /* rule indexes of book_rules */
typedef struct book_sums {       /* one column each; sorted by flow, then month */
    size_t flow_count; const book_flow *flows; const int64_t *flow_ids;
    size_t count;
    const uint32_t *flow;        /* index in flows */
    const int32_t *month;
    const int64_t *sum;
    int64_t link;                /* the last link that went in */
} book_sums;
/* Exact sums as known then (within the day of known_us the movements are replayed). Months [first, first+n); n 0 = all. */
MUST_USE bool book_sums_load(book *b, arena *a, int64_t known_us, int32_t first_month, int32_t month_count, book_sums *ret, heng_err *err);

typedef struct book_movement_row {
    int64_t id, group, delivery, row, row_less, link, known_us;
    int32_t flow;                /* index in the sums given, or BOOK_NONE */
    book_flow ends;
    int64_t amount;
    period when;
    text group_key;              /* ext id or made key, printable */
    int64_t superseded_by;       /* group, -1 = undone, 0 = live as known then */
    int64_t superseded_us;
} book_movement_row;
/* Movements of one flow that touch the months, live as known then, in order of id. */
MUST_USE bool book_movements_of(book *b, arena *a, int64_t flow_id, int32_t first_month, int32_t month_count, int64_t known_us, book_movement_row **ret, size_t *ret_count, heng_err *err);
typedef struct book_query { int32_t party, commodity, kind; period when; bool has_when; text source; int64_t delivery; int64_t group; bool with_superseded; int64_t after_id; size_t limit; } book_query; /* BOOK_NONE/0 = any */
MUST_USE bool book_movements_query(book *b, arena *a, const book_query *q, int64_t known_us, book_movement_row **ret, size_t *ret_count, heng_err *err);

/* Live movements that reach into a period and beyond it, counted by giver and taker: what the period has of them is apportioned by days. */
typedef struct book_crossing { int32_t giver, taker; int64_t movements; } book_crossing;
MUST_USE bool book_crossing_of(book *b, arena *a, period when, int64_t known_us, book_crossing **ret, size_t *ret_count, heng_err *err);

typedef struct book_delivery { int64_t id, link, known_us; text source, file, sheet, note, user; hash content; int64_t movements, observations, entries /* live */; bool is_undone; } book_delivery;
MUST_USE bool book_deliveries(book *b, arena *a, book_delivery **ret, size_t *ret_count, heng_err *err);
/* One delivery and its kept bytes (empty when not kept). */
MUST_USE bool book_delivery_bytes(book *b, arena *a, int64_t delivery, book_delivery *ret, text *ret_bytes, heng_err *err);

typedef struct book_observation_row { int64_t id; int32_t party, statistic, unit; text item; period when; text vintage; int64_t count; int scale; int64_t delivery, row; text source_note; int64_t known_us; int64_t superseded_us; } book_observation_row;
/* statistic RULE_NONE, party BOOK_NONE, item.ptr NULL: any. In order of party, statistic, item, period, vintage. */
MUST_USE bool book_observations(book *b, arena *a, int32_t party, int32_t statistic, text item, const period *within, int64_t known_us, book_observation_row **ret, size_t *ret_count, heng_err *err);

typedef struct book_holding { int32_t party, commodity, unit; int64_t posted, held; } book_holding;
MUST_USE bool book_holdings(book *b, arena *a, int32_t party, int64_t known_us, book_holding **ret, size_t *ret_count, heng_err *err);
typedef struct book_hold_row { text key; int32_t party, commodity, unit; int64_t reserved, posted, open; text state; int64_t expires_us; } book_hold_row;
MUST_USE bool book_holds(book *b, arena *a, int32_t party, int64_t known_us, book_hold_row **ret, size_t *ret_count, heng_err *err);

typedef struct book_closing_row { int32_t party; period when; int64_t closed_us, reopened_us; text reason; } book_closing_row;
MUST_USE bool book_closings(book *b, arena *a, int64_t known_us, book_closing_row **ret, size_t *ret_count, heng_err *err);
typedef struct book_bound_row { book_bound bound; int64_t known_us; int64_t id; } book_bound_row;
MUST_USE bool book_bounds(book *b, arena *a, int64_t known_us, book_bound_row **ret, size_t *ret_count, heng_err *err);
typedef struct book_edition_row { int64_t id; text key, kind, name, address, profile, body; hash body_hash, rules_hash; int64_t known_us, link; } book_edition_row;
MUST_USE bool book_editions(book *b, arena *a, text key /* empty = all, without bodies */, book_edition_row **ret, size_t *ret_count, heng_err *err);
typedef struct book_entry_row { int64_t id; text kind, key, body; int64_t version; /* of its key, from 1 */ text author; /* user of the delivery */ int64_t known_us, delivery, row; int64_t superseded_us; /* 0 = live as known then */ } book_entry_row;
/* Entries of one kind whose keys begin with key_prefix (empty: all), by key and version; with_history: older versions and withdrawals (empty body) too.
 * What an undo brought back has the author, delivery and row of then, and the known-time of the undo. */
MUST_USE bool book_entries(book *b, arena *a, text kind, text key_prefix, int64_t known_us, bool with_history, book_entry_row **ret, size_t *ret_count, heng_err *err);

/* ---- Trust ---- */

typedef struct book_head { int64_t link; hash hash; hash_kind kind; int64_t known_us; int64_t movements, observations, parties; } book_head;
MUST_USE bool book_head_of(book *b, book_head *ret, heng_err *err);
typedef struct book_verify_report { book_head head; int64_t links, facts, sums, balances; bool head_found; int64_t head_link; } book_verify_report;
/* Recompute chain, sums and balances from nothing; want_head (or NULL): a printed head that must be a link of the chain.
 * Errors: book.chain_broken (link), book.sum_wrong, book.balance_wrong, book.head_absent, book.fact_missing. */
MUST_USE bool book_verify(book *b, const hash *want_head, progress *p, book_verify_report *ret, heng_err *err);

extern const heng_message *const book_messages[];
#endif
