/* Rows that look like a total: 合计 at the foot of a spreadsheet is a sum of the rows above it, and no movement of its own. */
#include "inside.h"

/* As a person writes them, folded: simplified, lower case, without blanks. An ending counts too: 工业合计. */
static const struct { const char *word; bool is_ending; } WORDS[] = {
    {"合计", true}, {"总计", true}, {"小计", true}, {"共计", true}, {"累计", false}, {"总和", false}, {"total", false},
    {"totals", false}, {"subtotal", false}, {"sub-total", false}, {"grandtotal", false}, {"sum", false}, {"总计/total", false}, {"合计/total", false}};

/* What an unknown name or an empty cell may be in such a row; other faults are told as they are. */
static const char *const FAULTS[] = {"book.party_unknown", "rule.unknown_commodity", "rule.unknown_kind", "intake.field_empty", "intake.unknown_statistic", "intake.unknown_class"};

static bool is_total_word(reading *x, text cell)
{
    text folded;
    heng_err ignored = {0};
    enum { LABEL_MAX = 90 }; /* bytes: a label, not a remark */
    if (!cell.len || cell.len > LABEL_MAX || !text_fold(x->a, cell, &folded, &ignored)) return false;
    if (text_ends(folded, ":")) folded.len--;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_is(folded, WORDS[i].word) || (WORDS[i].is_ending && text_ends(folded, WORDS[i].word))) return true;
    return false;
}

bool looks_like_total(reading *x, const row_in *row, const heng_err *why, text *ret_word)
{
    bool may_be = false;
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) may_be |= strcmp(why->message->id, FAULTS[i]) == 0;
    for (size_t i = 0; may_be && i < row->cell_count; i++) {
        if (!is_total_word(x, row->cells[i].value)) continue;
        *ret_word = row->cells[i].value;
        return true;
    }
    return false;
}
