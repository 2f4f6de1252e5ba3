/* One file: read, map, post, and give each row its status. */
#include "inside.h"

static bool read_rows(reading *x, table *t, heng_err *err)
{
    for (;;) {
        table_row row;
        if (!table_next(t, x->a, &row, err)) return false;
        if (row.is_end) break;
        if (row.count && row.cells[0].value.len && row.cells[0].value.ptr[0] == '#') continue; /* a comment */
        row_in *in = ARENA_PUSH(x->a, x->rows, x->row_count, x->row_max);
        *in = (row_in){.number = row.number, .cells = row.cells, .cell_count = row.count, .item = -1};
    }
    return x->row_count > 0 || err_fill(err, &MSG_INTAKE_NO_ROWS, NULL, NULL, NULL);
}

static bool map_rows(reading *x, heng_err *err)
{
    if (strcmp(x->form->id, "movements") == 0) return read_movements(x, err);
    if (strcmp(x->form->id, "observations") == 0) return read_observations(x, err);
    if (strcmp(x->form->id, "parties") == 0) return read_parties(x, err);
    return read_balance(x, err);
}

static text base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_of(slash ? slash + 1 : path);
}

/* The delivery is the file, read in this way. */
static hash content_of(const reading *x, const table *t)
{
    arena scratch = {0};
    hash file = table_hash(t), all;
    hash_state *s = hash_open(&scratch, HASH_SHA256);
    text sheet_name = table_sheet_current(t);
    hash_add(s, file.bytes, sizeof file.bytes);
    hash_add(s, sheet_name.ptr, sheet_name.len);
    hash_add(s, "\x1f", 1);
    hash_add(s, x->form->id, strlen(x->form->id));
    hash_add(s, "\x1f", 1);
    hash_add(s, x->options->mapping.ptr, x->options->mapping.len);
    hash_done(s, &all);
    arena_free(&scratch);
    return all;
}

static void describe_batch(reading *x, const table *t, const char *path)
{
    book_batch *b = &x->batch;
    b->source = x->options->source.len ? x->options->source : base_name(path);
    b->file = base_name(path);
    b->sheet = table_sheet_current(t);
    b->content = content_of(x, t);
    b->has_content = !x->options->keep_going; /* taken in part, the same file may come again once the rest fits: row by row */
    b->bytes = table_bytes(t);
    b->note = text_of(x->form->id);
    b->all_or_none = !x->options->keep_going;
    b->dry_run = x->options->dry_run;
    b->supersede = x->options->supersede;
}

static row_in *row_by_number(reading *x, int64_t number)
{
    size_t low = 0, high = x->row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x->rows[middle].number < number) low = middle + 1;
        else high = middle;
    }
    return low < x->row_count && x->rows[low].number == number ? &x->rows[low] : NULL;
}

/* The column in which the book's judgement shows; NULL = the row as a whole. */
static const char *field_of(const reading *x, const row_in *row, const heng_err *why)
{
    static const char *const fields[][2] = {
        {"book.same_party", "taker"}, {"book.kind_does_not_fit_giver", "giver"}, {"book.kind_does_not_fit_taker", "taker"}, {"book.kind_does_not_fit_commodity", "commodity"},
        {"book.unit_not_listed", "unit"}, {"book.balance_below_zero", "amount"}, {"book.balance_overflow", "amount"}, {"book.sum_overflow", "amount"},
        {"book.period_range", "period"}, {"book.period_backwards", "period"}, {"book.party_class_differs", "class"}, {"book.role_unknown", "role"}, {"book.statistic_unit", "unit"}, {"book.group_size", "group"}};
    const char *id = why->message->id;
    if (strncmp(id, "book.tree_", 10) == 0) return cell_at(x, row, "place").len ? "place" : "owner";
    if (strcmp(id, "book.key_conflict") == 0) return strcmp(x->form->id, "movements") == 0 ? "amount" : "value";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(id, fields[i][0]) == 0) return fields[i][1];
    return NULL;
}

/* The fact made of a row: noun NULL where it has no address of its own; id is the fact's number. */
static void judge_row(reading *x, int64_t number, const book_result *result, const char *noun, int64_t id)
{
    row_in *row = row_by_number(x, number);
    if (!row || row->refused) return;
    if (!row->result || row->result->status == BOOK_EXISTS) { /* a row of a party says what changed, not only that the party is there */
        row->result = result;
        row->noun = noun;
        row->id = id;
    }
    if (result->status != BOOK_REFUSED) return;
    heng_err why = *result->why;
    const char *field = field_of(x, row, &why);
    if (field) err_in_field(&why, field);
    refuse(x, row, &why);
}

/* Results stand in the order of the batch: parties, their facts, groups, observations. */
static void judge_rows(reading *x, const book_result *results)
{
    const book_batch *b = &x->batch;
    for (size_t i = 0; i < b->party_count; i++) judge_row(x, b->parties[i].row, results++, NULL, 0);
    for (size_t i = 0; i < b->party_fact_count; i++) judge_row(x, b->party_facts[i].row, results++, NULL, 0);
    for (size_t i = 0; i < b->group_count; i++, results++)
        for (size_t k = 0; k < b->groups[i].count; k++) judge_row(x, b->groups[i].movements[k].row, results, "movement", results->id + (int64_t)k);
    for (size_t i = 0; i < b->observation_count; i++, results++) judge_row(x, b->observations[i].row, results, "observation", results->id);
}

static intake_status status_of(const reading *x, const row_in *row, bool is_stored)
{
    if (row->refused) return INTAKE_REFUSED;
    if (!row->result) return INTAKE_SKIPPED;
    if (row->result->status == BOOK_EXISTS) return INTAKE_EXISTS;
    if (!is_stored && !x->options->dry_run) return INTAKE_NOT_STORED;
    return row->result->status == BOOK_SUPERSEDED ? INTAKE_SUPERSEDED : INTAKE_CREATED;
}

/* A number that a row would have got is not told: another may get it. */
static void report_rows(reading *x, intake_report *ret)
{
    intake_row_result *all = NEW_ARRAY(x->a, x->row_count + 1, intake_row_result);
    bool is_stored = ret->receipt.link != 0, was_there = ret->receipt.delivery_exists;
    for (size_t i = 0; i < x->row_count; i++) {
        const row_in *row = &x->rows[i];
        intake_status status = was_there ? INTAKE_EXISTS : status_of(x, row, is_stored);
        all[i] = (intake_row_result){.row = row->number, .status = status, .why = row->refused};
        bool has_number = status == INTAKE_EXISTS || (is_stored && (status == INTAKE_CREATED || status == INTAKE_SUPERSEDED));
        if (has_number && row->noun) all[i].address = text_of(arena_printf(x->a, "heng:%s/%lld", row->noun, (long long)row->id));
    }
    ret->row_results = all;
    ret->row_count = x->row_count;
}

static void report_refusals(reading *x, intake_report *ret)
{
    size_t total = 0;
    for (size_t i = 0; i < x->row_count; i++) total += x->rows[i].refused != NULL;
    size_t kept = total < REFUSALS_KEPT ? total : REFUSALS_KEPT;
    intake_refusal *items = NEW_ARRAY(x->a, kept + 1, intake_refusal);
    for (size_t i = 0, n = 0; i < x->row_count && n < kept; i++)
        if (x->rows[i].refused) items[n++].why = *x->rows[i].refused;
    ret->refusals = items;
    ret->refusal_count = kept;
    ret->receipt.refused = (int64_t)total;
}

/* Post what is good. With any refusal and no keep_going nothing is written, but all is judged, so that one run shows every fault. */
static bool post(reading *x, intake_report *ret, heng_err *err)
{
    bool any_refused = false;
    for (size_t i = 0; i < x->row_count; i++) any_refused |= x->rows[i].refused != NULL;
    if (any_refused && !x->options->keep_going) x->batch.dry_run = true;
    book_result *results = NEW_ARRAY(x->a, book_batch_items(&x->batch) + 1, book_result);
    if (!book_post(x->b, x->a, &x->batch, results, &ret->receipt, err)) return false;
    if (!ret->receipt.delivery_exists) judge_rows(x, results);
    report_refusals(x, ret);
    if (ret->receipt.refused && !x->options->keep_going) ret->receipt.created = ret->receipt.superseded = ret->receipt.link = ret->receipt.delivery = 0;
    report_rows(x, ret);
    return true;
}

static bool write_refusals(reading *x, const table *t, const char *path, intake_report *ret, heng_err *err)
{
    if (!ret->receipt.refused || !x->options->keep_going || x->options->dry_run) return true;
    bool is_xlsx = table_is_xlsx(t);
    const char *to = x->options->refused_path ? x->options->refused_path : arena_printf(x->a, "%s.refused.%s", path, is_xlsx ? "xlsx" : "csv");
    ret->refused_path = text_of(to);
    return write_refused(x, to, is_xlsx, err);
}

static bool work(reading *x, table *t, const char *path, intake_report *ret, heng_err *err)
{
    if (!read_rows(x, t, err)) return false;
    ret->form = text_of(x->form->id);
    ret->rows = (int64_t)x->row_count;
    if (!map_rows(x, err)) return false;
    describe_batch(x, t, path);
    ret->content = x->batch.content;
    ret->skipped = x->skipped;
    return post(x, ret, err) && write_refusals(x, t, path, ret, err);
}

/* The sheet named; else the first visible one that has the header of a form (a cover sheet is passed over). */
static bool open_sheet(reading *x, const char *path, table **ret, heng_err *err)
{
    table_options how = {.sheet = x->options->sheet};
    heng_err first = {0};
    if (!table_open(path, &how, ret, err)) return false;
    if (find_header(x, *ret, &first)) return true;
    size_t count = table_sheet_count(*ret);
    for (size_t i = 0; i < count && !x->options->sheet.len && first.message == &MSG_INTAKE_NO_FORM; i++) {
        heng_err other = {0};
        if (table_sheet_is_hidden(*ret, i)) continue;
        how.sheet = text_copy(x->a, table_sheet_name(*ret, i));
        table_close(*ret);
        *ret = NULL;
        if (!table_open(path, &how, ret, err)) return false;
        if (find_header(x, *ret, &other)) return true;
    }
    *err = first;
    return false;
}

bool intake_file(book *b, arena *a, const char *path, const intake_options *options, intake_report *ret, heng_err *err)
{
    reading x = {.a = a, .b = b, .options = options, .zone = book_zone(b), .party_cache = {.a = a}, .commodity_cache = {.a = a}, .unit_cache = {.a = a}, .kind_cache = {.a = a}};
    table *t = NULL;
    *ret = (intake_report){0};
    bool ok = book_rules(b, &x.rules, err) && book_parties_at(b, a, zone_day_of(x.zone, now_us()), BOOK_KNOWN_NOW, &x.parties, err) && open_sheet(&x, path, &t, err) &&
              work(&x, t, path, ret, err);
    table_close(t);
    return ok || err_in_file(err, path);
}

bool intake_undo(book *b, arena *a, int64_t delivery, text reason, book_receipt *ret, heng_err *err)
{
    book_delivery d;
    text bytes;
    if (!book_delivery_bytes(b, a, delivery, &d, &bytes, err)) return err_fill(err, &MSG_INTAKE_NOT_UNDONE, arena_printf(a, "%lld", (long long)delivery), NULL, NULL);
    if (d.movements + d.observations + d.entries == 0)
        return err_fill(err, &MSG_INTAKE_UNDO_NO_ROWS, arena_printf(a, "%lld", (long long)delivery), NULL, text_str(a, d.file.len ? d.file : d.source));
    book_batch batch = {.source = d.source, .note = reason, .undo_delivery = delivery, .all_or_none = true};
    return book_post(b, a, &batch, NULL, ret, err);
}
