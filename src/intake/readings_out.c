/* Refused and held readings, in the file's own form: whole rows with the reason, and in a spreadsheet the cell marked. Mended, the file is loaded again. */
#include <stdlib.h>
#include "inside.h"
#include "readings_in.h"

static int by_row(const void *x, const void *y)
{
    const load_refusal *a = x, *b = y;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    return a->column - b->column;
}

/* "流量: 累计读数…。…": the column, what is wrong, and what to do. */
static text reason_of(load *l, const meter_gates *gates, const load_refusal *x)
{
    char line[2048];
    bool zh = l->options->lang == HENG_ZH;
    if (x->why) {
        err_format_reason(x->why, l->options->lang, line, sizeof line);
        text field = text_of(x->why->field);
        return text_of(arena_printf(l->a, "%.*s%s%s", TEXT_FMT(field), field.len ? (zh ? "：" : ": ") : "", line));
    }
    const meter_gate *g = meter_gate_of(gates, x->gate);
    text sentence = zh ? g->sentence.zh : g->sentence.en, remedy = zh ? g->remedy.zh : g->remedy.en, field = x->column >= 0 ? l->map.values[x->column].header : (text){0};
    return text_of(arena_printf(l->a, zh ? "%.*s：%.*s（%.*s）" : "%.*s: %.*s (%.*s)", TEXT_FMT(field), TEXT_FMT(sentence), TEXT_FMT(remedy)));
}

typedef struct writer { load *l; const meter_gates *gates; sheet *s; sheet_book *out; size_t columns; int reason_at; text *cells; size_t next; bool is_xlsx; } writer;

static void begin(writer *w, const table_row *head)
{
    text title = w->l->options->lang == HENG_ZH ? TEXT("原因") : TEXT("reason");
    w->columns = head->count, w->reason_at = -1;
    for (size_t i = 0; i < head->count; i++)
        if (text_is(head->cells[i].value, "原因") || text_is(head->cells[i].value, "reason")) w->reason_at = (int)i;
    if (w->reason_at < 0) w->reason_at = (int)w->columns++;
    sheet_column *heads = NEW_ARRAY(w->l->a, w->columns, sheet_column);
    for (size_t i = 0; i < w->columns; i++) heads[i].id = heads[i].title = (int)i == w->reason_at ? title : text_copy(w->l->a, head->cells[i].value);
    w->s = sheet_new(w->out, TEXT("refused"), (text){0}, heads, w->columns);
    w->cells = NEW_ARRAY(w->l->a, w->columns, text);
}

static void write_row(writer *w, const table_row *row)
{
    load *l = w->l;
    size_t from = w->next;
    text_buf reasons = {.a = l->a};
    for (; w->next < l->refusal_count && l->refusals[w->next].row == row->number; w->next++) {
        if (reasons.len) buf_str(&reasons, "; ");
        buf_add(&reasons, reason_of(l, w->gates, &l->refusals[w->next]));
    }
    if (w->next == from) return;
    for (size_t i = 0; i < w->columns; i++) w->cells[i] = (int)i == w->reason_at ? buf_text(&reasons) : i < row->count ? row->cells[i].value : (text){0};
    sheet_row(w->s, w->cells);
    for (size_t k = from; w->is_xlsx && k < w->next; k++) {
        int column = l->refusals[k].column;
        sheet_cell_mark(w->s, (size_t)(column >= 0 ? l->map.values[column].at : l->map.times[0].at), reason_of(l, w->gates, &l->refusals[k]));
    }
}

static bool copy_rows(writer *w, table *t, heng_err *err)
{
    table_row row = {0};
    arena scratch = {0};
    bool ok = true;
    while (ok && w->next < w->l->refusal_count && (ok = table_next(t, &scratch, &row, err)) && !row.is_end) {
        if (row.number == w->l->header_row) begin(w, &row);
        else if (w->s) write_row(w, &row);
        arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok;
}

bool readings_write_refused(load *l, const char *path, bool is_xlsx, heng_err *err)
{
    bool blocked = l->refused_total > 0 && l->report.receipt.take == 0 && !l->options->keep_going;
    writer w = {.l = l, .is_xlsx = is_xlsx, .out = sheet_book_new(l->a)};
    table *t = NULL;
    if (l->refusal_count == 0 || l->options->dry_run || blocked) return true;
    qsort(l->refusals, l->refusal_count, sizeof *l->refusals, by_row);
    if (!meter_gates_open(l->a, l->m, &w.gates, err)) return false;
    const char *to = l->options->refused_path ? l->options->refused_path : arena_printf(l->a, "%s.refused.%s", path, is_xlsx ? "xlsx" : "csv");
    bool ok = table_open(path, &(table_options){.sheet = l->map.sheet}, &t, err) && copy_rows(&w, t, err);
    table_close(t);
    l->report.refused_path = text_of(to);
    return ok && sheet_write(w.out, is_xlsx ? SHEET_XLSX : SHEET_CSV, to, &(sheet_style){.csv_bom = true}, err);
}

void readings_report_refusals(load *l)
{
    enum { KEPT = 1000 };
    heng_err ignored = {0};
    const meter_gates *gates = NULL;
    size_t kept = l->refusal_count < KEPT ? l->refusal_count : KEPT;
    intake_refusal *items = NEW_ARRAY(l->a, kept + 1, intake_refusal);
    if (kept && !meter_gates_open(l->a, l->m, &gates, &ignored)) kept = 0;
    for (size_t i = 0; i < kept; i++) {
        const load_refusal *x = &l->refusals[i];
        if (x->why) items[i].why = *x->why;
        else {
            err_fill(&items[i].why, &MSG_INTAKE_READINGS_GATE, text_str(l->a, meter_gate_of(gates, x->gate)->sentence.zh), NULL, text_str(l->a, meter_gate_of(gates, x->gate)->sentence.en));
            err_in_field(&items[i].why, text_str(l->a, l->map.values[x->column].header));
            err_at_row(&items[i].why, x->row);
        }
    }
    l->report.refusals = items, l->report.refusal_count = kept;
}
