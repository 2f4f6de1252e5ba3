/* Inside the room: what the files of keeping share. Not for the rooms above. */
#ifndef PLAN_KEEP_INSIDE_H
#define PLAN_KEEP_INSIDE_H
#include <string.h>
#include "inside.h"
#include "keep.h"
#include "messages.h"

enum { PLAN_SKETCH = 256 };           /* hashes kept of a document's shingles */

/* row.c */
const char *plan_table_kind(plan_table t);      /* of its entries */
char plan_table_letter(plan_table t);
bool plan_column_is_kept(const plan_column *c); /* a cell of its own in the stored row */
int plan_column_any(plan_table t, const char *id);
text *plan_cells_of(arena *a, plan_table t, const void *row);
text plan_cells_json(arena *a, plan_table t, const text *cells);
void plan_cells_from(plan_table t, const json *object, text *cells, bool *is_set /* NULL = not asked */);
void plan_head_cells(arena *a, plan_record *r);
plan_span plan_span_of(text t);
text plan_role_list(arena *a, const plan_body *items, size_t count, plan_role role);
text plan_items_text(arena *a, const plan_body *items, size_t count);

/* record.c: a correction as it is kept */
typedef struct plan_kept_edit {
    text key, author;
    int64_t version, known_us;
    bool drop, confirm, added, is_used;
    text *set;                   /* cells; is_set says which */
    bool *is_set;
    text *under;                 /* the row as read when it was made; NULL of an added row */
} plan_kept_edit;
MUST_USE bool plan_edit_parse(arena *a, const book_entry_row *e, plan_kept_edit *ret, heng_err *err);
/* Rows as they were read, without corrections. */
MUST_USE bool plan_rows_read(book *b, arena *a, int64_t known_us, plan_table t, text doc, plan_records *ret, heng_err *err);

/* match.c: keys for rows that were read, those of the same rows before where there are any */
typedef struct plan_fresh { text *cells; size_t start, end; text key; } plan_fresh;
void plan_match_keys(arena *a, plan_table t, text doc, plan_fresh *fresh, size_t count, const plan_records *before, const text_map *taken);
text plan_row_base(arena *a, plan_table t, text doc, const text *cells); /* DOC/g12ab34 */

/* likeness.c */
size_t plan_sketch(arena *a, const plan_doc *d, size_t max, uint64_t **ret);
int plan_sketch_likeness(const uint64_t *p, size_t n, const uint64_t *q, size_t m, size_t max);
#endif
