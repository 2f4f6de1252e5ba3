/*
 * Bodies: a list as written, cut into names. Tails that leave the list open (等部门) are taken off and noted; a name that begins in 各 and its parts
 * (各市、州、县人民政府) stays one. The normal name writes abbreviated endings out (市发展改革委 -> 市发展和改革委员会, body_names.csv).
 */
#include "inside.h"

text body_normal(arena *a, const plan_rules *r, text name)
{
    const plan_word *w = list_end(&r->names, name);
    if (!w) return name;
    text head = text_part(name, 0, name.len - w->word.len);
    return text_of(arena_printf(a, "%.*s%.*s", TEXT_FMT(head), TEXT_FMT(w->cells[0])));
}

static bool is_group(const reading *r, text t)
{
    const plan_word *w = list_end(&r->rules->endings, t);
    size_t at;
    return text_starts(t, "各") || text_starts(t, "有关") || text_starts(t, "相关") || text_find(t, TEXT("有关"), &at) || (text_starts(t, "有") && text_find(t, TEXT("的"), &at)) || (w && text_is(w->cells[0], "1"));
}

/* 等省直有关部门, 等市级成员单位: 等 and a few words up to 部门 or 单位, whatever they are. Where 等 stands; t.len if it is not so. */
static size_t loose_tail(text t)
{
    enum { TAIL_CHARS_MAX = 10 };
    bool ends = text_ends(t, "部门") || text_ends(t, "单位") || text_ends(t, "机构") || text_ends(t, "等");
    for (size_t at = t.len, chars = 0; ends && at > 6 && chars < TAIL_CHARS_MAX; chars++) {
        at = text_back(t, at);
        if (text_starts(text_part(t, at, t.len), "等")) return at;
    }
    return t.len;
}

static text drop_tail(const reading *r, text t, bool *ret_open)
{
    const plan_word *w = list_end(&r->rules->sets[SET_OPEN_TAIL], t);
    size_t keep = w && w->word.len < t.len ? t.len - w->word.len : loose_tail(t);
    if (keep == t.len) return t;
    *ret_open = true;
    t = text_trim_junk(text_part(t, 0, keep));
    return text_ends(t, "等") ? text_part(t, 0, t.len - 3) : t;
}

static void add_body(const reading *r, text t, plan_role role, body_list *l)
{
    t = text_trim_junk(t);
    if (text_starts(t, "由") && text_chars(t) >= 4) t = text_part(t, 3, t.len); /* 由市商务局牵头 */
    t = drop_tail(r, t, &l->is_open);
    const plan_word *nobody = list_equal(&r->rules->endings, t); /* 等有关部门、单位: the second word names nobody */
    if (nobody && text_is(nobody->cells[0], "1") && !text_starts(t, "各")) {
        l->is_open = true;
        return;
    }
    const plan_word *duty = list_end(&r->rules->tails, t); /* 省生态环境厅牵头、农业农村厅参与 */
    if (duty && t.len > duty->word.len + 6) {
        t = text_trim_junk(text_part(t, 0, t.len - duty->word.len));
        if (text_is(duty->cells[1], "lead")) role = PLAN_LEAD;
    }
    size_t note;
    if (text_find(t, TEXT("("), &note) && has_set(r->rules, SET_NOT_BODY, text_part(t, note, t.len))) t = text_trim(text_part(t, 0, note)); /* 市商务局(列首位的为牵头单位,下同) */
    if (t.len < 6 || text_chars(t) > 40 || has_set(r->rules, SET_NOT_BODY, t)) return;
    plan_body *b = ARENA_PUSH(r->a, l->items, l->count, l->max);
    *b = (plan_body){.as_written = t, .normal = body_normal(r->a, r->rules, t), .role = role, .is_group = is_group(r, t)};
}

/* 等部门和各区人民政府: what stands behind the open tail is a further body. */
static bool cut_tail(const reading *r, text t, text *ret_head, text *ret_rest)
{
    for (size_t at = 0; at < t.len; at += char_bytes(t.ptr + at, t.len - at)) {
        if (!text_starts(text_part(t, at, t.len), "等")) continue;
        const plan_word *w = list_start(&r->rules->sets[SET_OPEN_TAIL], text_part(t, at, t.len));
        if (!w || at + w->word.len >= t.len) continue;
        text rest = text_part(t, at + w->word.len, t.len);
        size_t width = text_starts(rest, "和") || text_starts(rest, "及") || text_starts(rest, "与") ? 3 : text_starts(rest, "以及") ? 6 : 0;
        if (!width) continue;
        *ret_head = text_part(t, 0, at + w->word.len);
        *ret_rest = text_part(rest, width, rest.len);
        return true;
    }
    return false;
}

static size_t item_end(text t, size_t at)
{
    int depth = 0;
    while (at < t.len) {
        text rest = text_part(t, at, t.len);
        bool mark = (unsigned char)t.ptr[at] == 0xE3; /* the first byte of 、。〈〉〔〕 */
        if (t.ptr[at] == '(' || (mark && (text_starts(rest, "〈") || text_starts(rest, "〔")))) depth++;
        if ((t.ptr[at] == ')' || (mark && (text_starts(rest, "〉") || text_starts(rest, "〕")))) && depth) depth--;
        if (depth == 0 && (t.ptr[at] == ',' || t.ptr[at] == ';' || t.ptr[at] == '\n' || (mark && (text_starts(rest, "、") || text_starts(rest, "。"))))) break;
        at += char_bytes(t.ptr + at, t.len - at);
    }
    return at;
}

void read_bodies(const reading *r, text t, plan_role role, body_list *ret)
{
    for (size_t at = 0; at < t.len;) {
        size_t end = item_end(t, at);
        text item = text_trim_junk(text_part(t, at, end)), head, rest;
        while (text_starts(item, "各") && text_chars(item) <= 3 && end < t.len) { /* 各市、州、县人民政府 */
            end = item_end(t, end + char_bytes(t.ptr + end, t.len - end));
            item = text_trim_junk(text_part(t, at, end));
            if (text_ends(item, "政府") || text_ends(item, "管委会") || text_ends(item, "单位") || text_ends(item, "部门")) break;
        }
        while (cut_tail(r, item, &head, &rest)) {
            add_body(r, head, role, ret);
            ret->is_open = true;
            item = rest;
        }
        add_body(r, item, role, ret);
        at = end < t.len ? end + char_bytes(t.ptr + end, t.len - end) : end;
    }
}

bool is_body_list(const reading *r, text t)
{
    body_list l = {0};
    size_t known = 0;
    if (text_chars(t) < 3 || text_chars(t) > 400) return false;
    read_bodies(r, t, PLAN_BODY, &l);
    for (size_t i = 0; i < l.count; i++)
        if (list_end(&r->rules->endings, l.items[i].as_written) && text_chars(l.items[i].as_written) <= 24 && !is_digit(l.items[i].as_written.ptr[0])) known++;
    return l.count > 0 && known * 3 >= l.count * 2 && known > 0;
}
