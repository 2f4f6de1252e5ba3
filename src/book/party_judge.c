/*
 * New parties and new facts about them: codes are clean (and a unified social credit code right), attributes and roles known, and the
 * trees of place and owner stay trees at every date (book rule 9). What is accepted is in memory at once, so that later facts
 * of the batch can name it; pending.c drops the memory if the batch is not written.
 */
#include "inside.h"

enum { CODE_MAX = 64, USCC_CHARS = 18, USCC_DIGITS_MIN = 8 };

/* Of 18 letters and digits, eight or more of them digits: meant as a unified social credit code. */
static bool looks_like_uscc(text code)
{
    int digits = 0;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        bool is_digit = c >= '0' && c <= '9', is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_digit && !is_letter) return false;
        digits += is_digit;
    }
    return code.len == USCC_CHARS && digits >= USCC_DIGITS_MIN;
}

static bool code_check(arena *a, text code, text *ret, heng_err *err)
{
    if (!book_text_ok(code, CODE_MAX, false, "code", err)) return false;
    for (size_t i = 0; i < code.len; i++)
        if ((uint8_t)code.ptr[i] <= ' ' || code.ptr[i] == 0x7f) {
            err_fill_n(err, &MSG_BOOK_CODE_BAD, code.ptr, code.len, NULL);
            return err_in_field(err, "code");
        }
    if (looks_like_uscc(code)) return rule_uscc_check(a, code, ret, err) || err_in_field(err, "code");
    *ret = code;
    return true;
}

static bool party_judge(pending *p, batch_state *s, const book_party_new *n, book_result *result, heng_err *err)
{
    book *b = p->b;
    text code;
    if (!code_check(p->a, n->code, &code, err)) return false;
    if (n->class_ < 0 || (size_t)n->class_ >= b->rules->party_class_count)
        return err_fill(err, &MSG_BOOK_INDEX_BAD, arena_printf(p->a, "%d", n->class_), NULL, "party_classes");
    text class_text = b->rules->party_classes[n->class_].id;
    int32_t old = book_party_code(b, code);
    if (old != BOOK_NONE) {
        text had = b->parties.items[old].class_text;
        if (!text_equal(had, class_text)) return err_fill(err, &MSG_BOOK_PARTY_CLASS_DIFFERS, text_str(p->a, code), text_str(p->a, class_text), text_str(p->a, had));
        *result = (book_result){.status = BOOK_EXISTS, .id = old};
        return true;
    }
    int32_t id = book_party_add(b, code, class_text, n->class_, p->link);
    p->parties[p->party_count] = (book_party_new){b->parties.items[id].code, n->class_, n->row};
    p->party_class[p->party_count++] = class_text;
    p->next.party++;
    s->made++;
    *result = (book_result){.status = BOOK_CREATED, .id = id};
    return true;
}

/* ---- Facts ---- */

/* Does following the tree from `from` on some day of [first, last) come to `wanted`? *ret_day: the first such day found. Each
 * step cuts the days by the facts of one party; parts do not overlap, and the tree that stood before had no cycle. */
static bool reaches(const book *b, book_attr tree, int32_t from, int32_t wanted, int32_t first, int64_t last, int level, int32_t *ret_day, bool *ret_deep)
{
    if (from == wanted) {
        *ret_day = first;
        return true;
    }
    if (level > BOOK_TREE_MAX) {
        *ret_deep = true;
        return true;
    }
    for (int64_t i = b->parties.items[from].facts; i >= 0; i = b->parties.facts[i].next) {
        const party_fact *f = &b->parties.facts[i];
        if (f->attr != tree || f->ended || f->valid_from >= last || f->other == BOOK_NONE) continue;
        int64_t until = last;
        for (int64_t j = b->parties.items[from].facts; j >= 0; j = b->parties.facts[j].next) {
            const party_fact *g = &b->parties.facts[j];
            if (g->attr == tree && !g->ended && g->valid_from > f->valid_from && g->valid_from < until) until = g->valid_from;
        }
        int32_t start = f->valid_from > first ? f->valid_from : first;
        if (start < until && reaches(b, tree, f->other, wanted, start, until, level + 1, ret_day, ret_deep)) return true;
    }
    return false;
}

static bool tree_check(pending *p, const party_fact *f, int32_t other, heng_err *err)
{
    const book *b = p->b;
    int64_t until = (int64_t)INT32_MAX + 1;
    int32_t day = 0;
    bool is_deep = false;
    for (int64_t i = b->parties.items[f->party].facts; i >= 0; i = b->parties.facts[i].next) {
        const party_fact *g = &b->parties.facts[i];
        if (g->attr == f->attr && !g->ended && g->valid_from > f->valid_from && g->valid_from < until) until = g->valid_from;
    }
    if (!reaches(b, (book_attr)f->attr, other, f->party, f->valid_from, until, 1, &day, &is_deep)) return true;
    const char *name = book_party_words(p->a, b, f->party);
    if (is_deep) return err_fill(err, &MSG_BOOK_TREE_DEEP, name, arena_printf(p->a, "%d", BOOK_TREE_MAX), NULL);
    return err_fill(err, &MSG_BOOK_TREE_CYCLE, name, text_str(p->a, day == INT32_MIN ? TEXT("0000-01-01") : day_format(p->a, day)),
                    book_party_words(p->a, b, other));
}

static bool attr_fail(pending *p, text attr, heng_err *err)
{
    err_fill(err, &MSG_BOOK_ATTR_UNKNOWN, text_str(p->a, attr), "name_zh name_en short_name place owner industry region_code role note ext_id:SCHEME", NULL);
    return err_in_field(err, "attr");
}

static bool fact_check(pending *p, const book_party_fact *n, party_fact *f, heng_err *err)
{
    book *b = p->b;
    book_attr attr = book_attr_of(n->attr);
    if (attr == ATTR_UNKNOWN || !book_text_ok(n->attr, 64, false, "attr", err)) return attr_fail(p, n->attr, err);
    if (!book_text_ok(n->value, BOOK_TEXT_MAX, true, "value", err)) return false;
    *f = (party_fact){.link = p->link, .party = book_party_code(b, n->party_code), .valid_from = n->valid_from, .attr = (int8_t)attr, .attr_text = n->attr,
                      .value = n->value.ptr ? n->value : TEXT(""), .other = BOOK_NONE};
    if (f->party == BOOK_NONE) {
        err_fill(err, &MSG_BOOK_PARTY_UNKNOWN, text_str(p->a, n->party_code), "", NULL);
        return err_in_field(err, "party_code");
    }
    if (attr == ATTR_ROLE && n->value.len && rule_role_find(b->rules, n->value) == RULE_NONE) return err_fill(err, &MSG_BOOK_ROLE_UNKNOWN, text_str(p->a, n->value), NULL, NULL);
    if (attr == ATTR_INDUSTRY && n->value.len && !rule_industry_check(p->a, b->rules, n->value, err)) return err_in_field(err, "industry");
    if (attr == ATTR_REGION_CODE && n->value.len && !rule_region_check(p->a, b->rules, n->value, err)) return err_in_field(err, "region_code");
    if (text_is(n->attr, "ext_id:uscc") && n->value.len) return rule_uscc_check(p->a, n->value, &f->value, err) || err_in_field(err, "ext_id:uscc");
    if ((attr != ATTR_PLACE && attr != ATTR_OWNER) || n->value.len == 0) return true;
    f->other = book_party_code(b, n->value);
    if (f->other == BOOK_NONE) {
        err_fill(err, &MSG_BOOK_PARTY_UNKNOWN, text_str(p->a, n->value), "", NULL);
        return err_in_field(err, text_str(p->a, n->attr));
    }
    return tree_check(p, f, f->other, err);
}

static party_fact *fact_same_day(const book *b, const party_fact *f)
{
    for (int64_t i = b->parties.items[f->party].facts; i >= 0; i = b->parties.facts[i].next) {
        party_fact *g = &b->parties.facts[i];
        if (g->attr == f->attr && !g->ended && g->valid_from == f->valid_from && text_equal(g->attr_text, f->attr_text)) return g;
    }
    return NULL;
}

static bool fact_judge(pending *p, batch_state *s, const book_party_fact *n, book_result *result, heng_err *err)
{
    party_fact f;
    if (!fact_check(p, n, &f, err)) return false;
    party_fact *old = fact_same_day(p->b, &f);
    if (old && text_equal(old->value, f.value)) {
        *result = (book_result){.status = BOOK_EXISTS, .id = old->id};
        return true;
    }
    if (old) {
        old->ended = p->link;
        if (old->id > p->b->next.party_fact) p->facts[old->id - p->b->next.party_fact - 1].ended = p->link; /* of this batch */
        *ARENA_PUSH(p->a, p->ends, p->end_count, p->end_max) = (end_mark){TEXT("party_fact"), old->id};
    }
    f.id = ++p->next.party_fact;
    must(book_party_fact_add(p->b, &f));
    p->facts[p->fact_count] = f;
    p->fact_items[p->fact_count++] = n;
    s->made++;
    *result = (book_result){.status = old ? BOOK_SUPERSEDED : BOOK_CREATED, .id = f.id};
    return true;
}

bool book_parties_judge(pending *p, batch_state *s, size_t *item, heng_err *err)
{
    const book_batch *x = s->r->batch;
    if (x->party_count + x->party_fact_count == 0) return true;
    if (!book_party_load(p->b, err)) return false;
    p->parties = NEW_ARRAY(p->a, x->party_count, book_party_new);
    p->party_class = NEW_ARRAY(p->a, x->party_count, text);
    p->facts = NEW_ARRAY(p->a, x->party_fact_count, party_fact);
    p->fact_items = NEW_ARRAY(p->a, x->party_fact_count, const book_party_fact *);
    for (size_t i = 0; i < x->party_count; i++, (*item)++) {
        heng_err why = {0};
        if (!party_judge(p, s, &x->parties[i], book_result_of(s, *item), &why)) book_refuse(s, *item, (err_at_row(&why, x->parties[i].row), &why));
    }
    for (size_t i = 0; i < x->party_fact_count; i++, (*item)++) {
        heng_err why = {0};
        if (!fact_judge(p, s, &x->party_facts[i], book_result_of(s, *item), &why)) book_refuse(s, *item, (err_at_row(&why, x->party_facts[i].row), &why));
    }
    return true;
}

static void lines_of_parties(pending *p)
{
    const batch_state *s = &p->batches[0];
    for (size_t i = 0; i < p->party_count; i++) book_line_party(p->chain, p->parties[i].code, p->party_class[i], s->delivery, p->parties[i].row);
    for (size_t i = 0; i < p->fact_count; i++) {
        const party_fact *f = &p->facts[i];
        book_line_party_fact(p->chain, p->b->parties.items[f->party].code, f->attr_text, f->value, f->valid_from, s->delivery, p->fact_items[i]->row);
    }
}

static bool parties_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->party_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *delivery = book_col(&c, "delivery"), *row = book_col(&c, "row_no");
    text *code = book_col_text(&c, "code"), *class_ = book_col_text(&c, "class");
    for (size_t i = 0; i < p->party_count; i++) {
        id[i] = p->b->next.party + 1 + (int64_t)i;
        link[i] = p->link;
        delivery[i] = p->batches[0].delivery;
        row[i] = p->parties[i].row;
        code[i] = p->parties[i].code;
        class_[i] = p->party_class[i];
    }
    return book_run(p->b, SQL_book_party_add, &c, p->a, p->unused, err);
}

static bool facts_write(pending *p, heng_err *err)
{
    book_cols c = book_cols_of(p->a, p->fact_count);
    int64_t *id = book_col(&c, "id"), *link = book_col(&c, "link"), *party = book_col(&c, "party"), *from = book_col(&c, "valid_from");
    int64_t *delivery = book_col(&c, "delivery"), *row = book_col(&c, "row_no"), *ended = book_col(&c, "ended");
    text *attr = book_col_text(&c, "attr"), *value = book_col_text(&c, "value");
    for (size_t i = 0; i < p->fact_count; i++) {
        const party_fact *f = &p->facts[i];
        id[i] = f->id;
        link[i] = p->link;
        party[i] = f->party;
        from[i] = f->valid_from;
        delivery[i] = p->batches[0].delivery;
        row[i] = p->fact_items[i]->row;
        ended[i] = f->ended;
        attr[i] = f->attr_text;
        value[i] = f->value;
    }
    return book_run(p->b, SQL_book_party_fact_add, &c, p->a, p->unused, err);
}

bool book_parties_write(pending *p, heng_err *err)
{
    lines_of_parties(p);
    return parties_write(p, err) && facts_write(p, err);
}
