/* Rows of the form parties: a party and its dated attributes. A party already there gets what is new. */
#include "inside.h"

static const char *const ATTRS[][2] = {{"name_zh", "name_zh"}, {"name_en", "name_en"}, {"short_names", "short_name"}, {"place", "place"}, {"owner", "owner"},
                                       {"industry", "industry"}, {"region_code", "region_code"}, {"role", "role"}};
enum { ATTR_COUNT = sizeof ATTRS / sizeof ATTRS[0] };

static char *class_names(reading *x, text name)
{
    const rule_set *r = x->rules;
    text *names = NEW_ARRAY(x->a, r->party_class_count + 1, text);
    for (size_t i = 0; i < r->party_class_count; i++) names[i] = r->party_classes[i].id;
    size_t at[3], n = text_nearest(x->a, name, names, r->party_class_count, 3, at);
    text_buf b = {.a = x->a};
    for (size_t i = 0; i < (n ? n : r->party_class_count); i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(names[n ? at[i] : i]));
    return text_str(x->a, buf_text(&b));
}

/* place and owner by name into a code: of the book, or of a row of this file. */
static bool resolve(reading *x, const text_map *codes, text name, text *ret, heng_err *err)
{
    int64_t found;
    int32_t party;
    *ret = name;
    if (text_map_find(codes, name, &found)) return true;
    if (!book_party_want(x->b, &x->parties, name, &party, err)) return false;
    *ret = x->parties.items[party].code;
    return true;
}

static bool read_row(reading *x, const row_in *row, const text_map *codes, book_party_new *party, book_party_fact *facts, size_t *count, heng_err *err)
{
    text class_, name, from = cell_at(x, row, "valid_from");
    int32_t day;
    if (!want_cell(x, row, "code", &party->code, err) || !want_cell(x, row, "class", &class_, err) || !want_cell(x, row, "name_zh", &name, err)) return false;
    party->class_ = rule_party_class_find(x->rules, class_);
    party->row = row->number;
    if (party->class_ == RULE_NONE) return err_fill(err, &MSG_INTAKE_UNKNOWN_CLASS, text_str(x->a, class_), class_names(x, class_), NULL) || err_in_field(err, "class");
    if (!day_parse(from.len ? from : TEXT("1949-10-01"), &day, err)) return err_in_field(err, "valid_from");
    for (size_t k = 0; k < ATTR_COUNT; k++) {
        text value = cell_at(x, row, ATTRS[k][0]);
        if (!value.len) continue;
        bool is_party = strcmp(ATTRS[k][0], "place") == 0 || strcmp(ATTRS[k][0], "owner") == 0;
        if (is_party && !resolve(x, codes, value, &value, err)) return err_in_field(err, ATTRS[k][0]);
        facts[(*count)++] = (book_party_fact){.party_code = party->code, .attr = text_of(ATTRS[k][1]), .value = value, .valid_from = day, .row = row->number};
    }
    return true;
}

bool read_parties(reading *x, heng_err *err)
{
    book_party_new *parties = NEW_ARRAY(x->a, x->row_count + 1, book_party_new);
    book_party_fact *facts = NEW_ARRAY(x->a, x->row_count * ATTR_COUNT + 1, book_party_fact);
    size_t count = 0, fact_count = 0;
    text_map codes = {.a = x->a};
    (void)err;
    for (size_t i = 0; i < x->row_count; i++) text_map_put(&codes, cell_at(x, &x->rows[i], "code"), (int64_t)i);
    for (size_t i = 0; i < x->row_count; i++) {
        heng_err why = {0};
        size_t before = fact_count;
        if (read_row(x, &x->rows[i], &codes, &parties[count], facts, &fact_count, &why)) {
            x->rows[i].item = (int64_t)count++;
            continue;
        }
        fact_count = before;
        refuse(x, &x->rows[i], &why);
    }
    x->batch.parties = parties;
    x->batch.party_count = count;
    x->batch.party_facts = facts;
    x->batch.party_fact_count = fact_count;
    return true;
}
