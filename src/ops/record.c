/* What was done, for programs: a sheet of one row with named fields, where people read a sentence. */
#include "ops_internal.h"

text number_text(arena *a, int64_t n) { return text_of(arena_printf(a, "%lld", (long long)n)); }

text yes_no(bool is_so) { return is_so ? TEXT("yes") : (text){0}; }

text exact_number(arena *a, const rat *v) { return !v ? (text){0} : rat_is_decimal(v, 12) ? rat_exact(a, v) : rat_format(a, v, 12); }

text party_cell(const ops_call *c, const book_party *p) { return c->wants_exact ? p->code : show_party_name(p, c->lang); }

text name_cell(const ops_call *c, text id, rule_name name) { return c->wants_exact ? id : show_name(name, c->lang); }

const char *status_name(book_status status)
{
    switch (status) {
    case BOOK_CREATED: return "created";
    case BOOK_EXISTS: return "exists";
    case BOOK_SUPERSEDED: return "superseded";
    case BOOK_REFUSED: return "refused";
    case BOOK_NOT_TRIED: return "not_tried";
    }
    return "";
}

void show_record(ops_call *c, const char *name, const shown_field *fields, size_t count)
{
    if (!c->wants_rows) return;
    sheet_column *columns = NEW_ARRAY(c->a, count, sheet_column);
    text *cells = NEW_ARRAY(c->a, count, text);
    for (size_t i = 0; i < count; i++) {
        columns[i] = column(text_of(fields[i].id), pick(c->lang, fields[i].zh, fields[i].en), fields[i].is_number);
        cells[i] = fields[i].value;
    }
    sheet_row(sheet_new(c->out, text_of(name), text_of(name), columns, count), cells);
}

static shown_field counted(ops_call *c, const char *id, const char *zh, const char *en, int64_t n)
{
    return (shown_field){id, zh, en, number_text(c->a, n), true};
}

void show_receipt(ops_call *c, const char *name, const book_receipt *r, bool dry_run)
{
    bool is_stored = r->link && !dry_run;
    const char *status = r->delivery_exists ? "exists" : dry_run ? "dry_run" : r->link ? "stored" : r->refused ? "refused" : "exists";
    const shown_field fields[] = {
        {"status", "结果", "status", text_of(status), false},
        {"delivery", "交付", "delivery", (is_stored || r->delivery_exists) && r->delivery ? number_text(c->a, r->delivery) : (text){0}, true},
        {"link", "链环", "link", is_stored ? number_text(c->a, r->link) : (text){0}, true},
        counted(c, "created", "新建", "created", r->created), counted(c, "exists", "已有", "existing", r->exists),
        counted(c, "superseded", "更正", "superseded", r->superseded), counted(c, "refused", "拒绝", "refused", r->refused),
        counted(c, "restated", "重述", "restated", r->restated), counted(c, "undone", "撤销", "undone", r->undone),
        counted(c, "rules_added", "新增规则", "rules added", r->rules_added), counted(c, "rules_ended", "终止规则", "rules ended", r->rules_ended)};
    show_record(c, name, fields, sizeof fields / sizeof *fields);
}
