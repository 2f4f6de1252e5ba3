/*
 * The canonical line of every fact, and the chain over them.
 *
 * A fact is one line of UTF-8: its name and fields joined by U+001F, ended by a line feed. A backslash, U+001F or line feed inside a field is
 * written \\ \u \n, so that no two facts have the same bytes. Fields are codes, names, numbers and hashes; numbers of groups,
 * deliveries and holds are the book's own sequences, never a store's row ids, so the bytes are the same on every store.
 *
 *   hash of a link = H(hash of the link before | "link" number known_us | lines of its facts in the order of book_write)
 *
 * The link before the first is H("heng book" zone kind-of-hash).
 */
#include "inside.h"

static void flush(book_chain *c)
{
    hash_add(c->state, c->bytes, c->len);
    c->len = 0;
}

static void put(book_chain *c, const char *s, size_t len)
{
    while (len > 0) {
        size_t room = sizeof c->bytes - c->len, part = len < room ? len : room;
        memcpy(c->bytes + c->len, s, part);
        c->len += part;
        s += part;
        len -= part;
        if (c->len == sizeof c->bytes) flush(c);
    }
}

static bool is_plain(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == '\\' || t.ptr[i] == '\n' || t.ptr[i] == 0x1f) return false;
    return true;
}

static void put_escaped(book_chain *c, text t)
{
    if (is_plain(t)) {
        put(c, t.ptr, t.len);
        return;
    }
    for (size_t i = 0; i < t.len; i++) {
        char s = t.ptr[i];
        if (s == '\\') put(c, "\\\\", 2);
        else if (s == '\n') put(c, "\\n", 2);
        else if (s == 0x1f) put(c, "\\u", 2);
        else put(c, &s, 1);
    }
}

static void name(book_chain *c, const char *s) { put(c, s, strlen(s)); }

static void word(book_chain *c, text t)
{
    put(c, "\x1f", 1);
    put_escaped(c, t);
}

/* 00 to 99. */
static const char PAIRS[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static void number(book_chain *c, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    for (; left >= 100; left /= 100) memcpy(digits + (at -= 2), &PAIRS[left % 100 * 2], 2);
    if (left >= 10) memcpy(digits + (at -= 2), &PAIRS[left * 2], 2);
    else digits[--at] = (char)('0' + left);
    if (v < 0) digits[--at] = '-';
    digits[--at] = 0x1f;
    put(c, digits + at, sizeof digits - at);
}

static void bytes_hex(book_chain *c, text t)
{
    static const char HEX[] = "0123456789abcdef";
    put(c, "\x1f", 1);
    char few[64];
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        uint8_t v = (uint8_t)t.ptr[i];
        few[len++] = HEX[v >> 4];
        few[len++] = HEX[v & 15];
        if (len < sizeof few) continue;
        put(c, few, len);
        len = 0;
    }
    put(c, few, len);
}

static void end(book_chain *c)
{
    put(c, "\n", 1);
    c->facts++;
}

book_chain *book_chain_new(arena *a, hash_kind kind)
{
    book_chain *c = arena_alloc(a, sizeof *c);
    c->state = hash_open(a, kind);
    c->len = 0;
    c->facts = 0;
    return c;
}

void book_chain_begin(book_chain *c, const hash *before, int64_t link, int64_t known_us)
{
    c->len = 0;
    c->facts = 0;
    put(c, (const char *)before->bytes, HASH_BYTES);
    name(c, "link");
    number(c, link);
    number(c, known_us);
    put(c, "\n", 1);
}

void book_chain_done(book_chain *c, hash *ret)
{
    flush(c);
    hash_done(c->state, ret);
}

hash book_chain_ground(const book *b)
{
    char line[256];
    int len = snprintf(line, sizeof line, "heng book\x1f%s\x1f%s\n", zone_name(b->zone), hash_kind_name(b->hash));
    return hash_of(b->hash, line, (size_t)len);
}

void book_line_delivery(book_chain *c, int64_t id, text source, text file, text tab, text content, text bytes_hash, text user, text note, int64_t refused)
{
    name(c, "delivery");
    number(c, id);
    word(c, source);
    word(c, file);
    word(c, tab);
    bytes_hex(c, content);
    bytes_hex(c, bytes_hash);
    word(c, user);
    word(c, note);
    number(c, refused);
    end(c);
}

void book_line_party(book_chain *c, text code, text class_, int64_t delivery, int64_t row)
{
    name(c, "party");
    word(c, code);
    word(c, class_);
    number(c, delivery);
    number(c, row);
    end(c);
}

void book_line_party_fact(book_chain *c, text code, text attr, text value, int64_t valid_from, int64_t delivery, int64_t row)
{
    name(c, "fact");
    word(c, code);
    word(c, attr);
    word(c, value);
    number(c, valid_from);
    number(c, delivery);
    number(c, row);
    end(c);
}

/* The key stands in the first movement of a group only; the others name the group. */
void book_line_movement(book_chain *c, const book_movement_line *m)
{
    name(c, "move");
    number(c, m->grp);
    bytes_hex(c, m->key);
    put(c, m->flow.ptr, m->flow.len);
    number(c, m->amount);
    number(c, m->start_us);
    number(c, m->end_us);
    number(c, m->delivery);
    number(c, m->row);
    number(c, m->row_less);
    end(c);
}

void book_line_supersession(book_chain *c, int64_t old_grp, int64_t new_grp)
{
    name(c, "supersede");
    number(c, old_grp);
    number(c, new_grp);
    end(c);
}

void book_line_observation(book_chain *c, const book_observation_line *o)
{
    name(c, "observe");
    word(c, o->party);
    word(c, o->statistic);
    word(c, o->unit);
    word(c, o->item);
    number(c, o->start_us);
    number(c, o->end_us);
    word(c, o->vintage);
    number(c, o->amount);
    number(c, o->scale);
    number(c, o->delivery);
    number(c, o->row);
    word(c, o->source_note);
    end(c);
}

void book_line_hold(book_chain *c, text key, text party, text commodity, text unit, int64_t amount, int64_t expires_us)
{
    name(c, "hold");
    word(c, key);
    word(c, party);
    word(c, commodity);
    word(c, unit);
    number(c, amount);
    number(c, expires_us);
    end(c);
}

void book_line_hold_event(book_chain *c, int64_t hold, text action, int64_t amount, int64_t grp)
{
    name(c, "hold-event");
    number(c, hold);
    word(c, action);
    number(c, amount);
    number(c, grp);
    end(c);
}

void book_line_closing(book_chain *c, text party, int64_t start_us, int64_t end_us, int64_t reopens, text reason)
{
    name(c, "close");
    word(c, party);
    number(c, start_us);
    number(c, end_us);
    number(c, reopens);
    word(c, reason);
    end(c);
}

void book_line_bound(book_chain *c, const book_bound_line *x)
{
    name(c, "bound");
    word(c, x->key);
    word(c, x->indicator);
    word(c, x->party);
    number(c, x->compare);
    word(c, x->value);
    word(c, x->value_hi);
    word(c, x->unit);
    number(c, x->start_us);
    number(c, x->end_us);
    word(c, x->base);
    word(c, x->source);
    end(c);
}

void book_line_edition(book_chain *c, text key, text kind, text name_, text address, text profile, text body_hash, text rules_hash)
{
    name(c, "edition");
    word(c, key);
    word(c, kind);
    word(c, name_);
    word(c, address);
    word(c, profile);
    bytes_hex(c, body_hash);
    bytes_hex(c, rules_hash);
    end(c);
}

void book_line_entry(book_chain *c, text kind, text key, int64_t version, text body, int64_t delivery, int64_t row)
{
    name(c, "entry");
    word(c, kind);
    word(c, key);
    number(c, version);
    word(c, body);
    number(c, delivery);
    number(c, row);
    end(c);
}

void book_line_rule_load(book_chain *c, text pack, text version, text rules_hash)
{
    name(c, "rule-load");
    word(c, pack);
    word(c, version);
    bytes_hex(c, rules_hash);
    end(c);
}

void book_line_rule_row(book_chain *c, text pack, text tbl, text file, int64_t line, text key, text cells, text row_hash)
{
    name(c, "rule");
    word(c, pack);
    word(c, tbl);
    word(c, file);
    number(c, line);
    word(c, key);
    word(c, cells);
    bytes_hex(c, row_hash);
    end(c);
}

void book_line_end(book_chain *c, text tbl, int64_t fact)
{
    name(c, "end");
    word(c, tbl);
    number(c, fact);
    end(c);
}

void book_line_undo(book_chain *c, int64_t delivery)
{
    name(c, "undo");
    number(c, delivery);
    end(c);
}

static void buf_word(text_buf *b, text t)
{
    buf_char(b, 0x1f);
    if (is_plain(t)) {
        buf_add(b, t);
        return;
    }
    for (size_t i = 0; i < t.len; i++) {
        char s = t.ptr[i];
        if (s == '\\') buf_str(b, "\\\\");
        else if (s == '\n') buf_str(b, "\\n");
        else if (s == 0x1f) buf_str(b, "\\u");
        else buf_char(b, s);
    }
}

text book_flow_line(arena *a, text giver, text taker, text commodity, text unit, text kind, int basis)
{
    text_buf b = {.a = a};
    buf_word(&b, giver);
    buf_word(&b, taker);
    buf_word(&b, commodity);
    buf_word(&b, unit);
    buf_word(&b, kind);
    buf_char(&b, 0x1f);
    buf_char(&b, (char)('0' + basis)); /* one digit: there are four */
    return buf_text(&b);
}
