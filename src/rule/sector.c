/* Which sector of the balance a party belongs to, by its role and industry (GB/T 4754: section letter, 2-digit division, 3-4 digit class). */
#include "inside.h"

/* Insertion sort: sectors are a few dozen, and the order of the file stays among equals. */
void sectors_build(builder *b)
{
    const rule_sector *sectors = b->set->sectors;
    int32_t *order = NEW_ARRAY(b->a, b->set->sector_count, int32_t);
    for (size_t i = 0; i < b->set->sector_count; i++) {
        size_t at = i;
        for (; at > 0 && sectors[order[at - 1]].order > sectors[i].order; at--) order[at] = order[at - 1];
        order[at] = (int32_t)i;
    }
    b->index->sector_order = order;
}

/* The section letter of a code: its own letter, or by the parents in industries.csv. */
static char section_of(const rule_set *r, text code)
{
    if (code.len > 0 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z') return code.ptr[0];
    int32_t at = rule_industry_find(r, code);
    if (at < 0 && code.len > 2) at = id_find(r, T_INDUSTRIES, (text){code.ptr, 2});
    for (int step = 0; at >= 0 && step < RULE_CLIMB_MAX; step++) {
        text parent = r->industries[at].parent;
        if (parent.len == 1) return parent.ptr[0];
        at = parent.len > 0 ? id_find(r, T_INDUSTRIES, parent) : RULE_NONE;
    }
    return 0;
}

static text digits_of(text code)
{
    return code.len > 0 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z' ? (text){code.ptr + 1, code.len - 1} : code;
}

static bool in_range(text digits, text from, text to)
{
    if (digits.len < from.len) return false;
    text head = {digits.ptr, from.len};
    return text_compare(head, from) >= 0 && text_compare(head, to) <= 0;
}

static bool industry_matches(text list, char section, text digits)
{
    while (list.len > 0) {
        text piece = text_trim(text_next(&list, ';')), to = piece;
        if (piece.len == 1 && piece.ptr[0] == section) return true;
        text from = text_next(&to, '-');
        if (from.len >= 2 && digits.len >= 2 && in_range(digits, from, to.len > 0 ? to : from)) return true;
    }
    return false;
}

static bool role_matches(text list, text role)
{
    while (list.len > 0)
        if (text_equal(text_trim(text_next(&list, ';')), role)) return true;
    return false;
}

int32_t rule_sector_of(const rule_set *r, text industry, int32_t role)
{
    char section = section_of(r, industry);
    text digits = digits_of(industry);
    int roles = row_column(T_SECTORS, "roles"), industries = row_column(T_SECTORS, "industries");
    must(roles >= 0 && industries >= 0);
    for (size_t i = 0; i < r->sector_count; i++) {
        int32_t at = r->index->sector_order[i];
        const rule_row *row = r->sectors[at].row;
        if (role >= 0 && role_matches(row->cells[roles], r->roles[role].id)) return at;
        if (industry.len > 0 && industry_matches(row->cells[industries], section, digits)) return at;
    }
    return RULE_NONE;
}

bool rule_sector_is_within(const rule_set *r, int32_t sector, int32_t ancestor)
{
    for (int step = 0; sector >= 0 && step < RULE_CLIMB_MAX; step++) {
        if (sector == ancestor) return true;
        sector = r->sectors[sector].parent;
    }
    return false;
}
