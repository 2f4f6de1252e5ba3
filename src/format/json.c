/*
 * JSON in: yajl's events made into a tree. yajl takes its memory from an arena of the call, so nothing of it is left
 * behind, whatever goes wrong. It is given whole, valid UTF-8 only; what it is lax about is checked here: halves of a surrogate
 * pair, keys that stand twice, depth, size.
 */
#include "json.h"
#include <stdio.h>
#include <yajl/yajl_parse.h>
#include "decode.h"
#include "messages.h"
#include "table_in.h"

enum { KEYS_LINEAR = 16, SEEN_MAX = 24, ALLOC_HEAD = 16 };

typedef struct level {
    json *node, *last;
    text_map keys; /* of a large object; made when it passes KEYS_LINEAR */
} level;

typedef struct json_in {
    arena *a, *work;
    text bytes;
    yajl_handle yajl;
    json *root;
    text key;      /* waiting for its value */
    level levels[JSON_DEPTH_MAX];
    int depth;
    heng_err *err;
} json_in;

/* yajl asks to grow without saying how much there was: the size stands before each piece. */
static void *work_alloc(void *ctx, size_t size)
{
    char *p = arena_alloc(ctx, size + ALLOC_HEAD);
    memcpy(p, &size, sizeof size);
    return p + ALLOC_HEAD;
}

static void *work_grow(void *ctx, void *old, size_t size)
{
    void *p = work_alloc(ctx, size);
    size_t before = 0;
    if (old) memcpy(&before, (char *)old - ALLOC_HEAD, sizeof before);
    if (old) memcpy(p, old, before < size ? before : size);
    return p;
}

static void work_free(void *ctx, void *p) { (void)ctx, (void)p; }

static bool place(json_in *j, size_t at)
{
    int64_t line, column;
    text_place(j->bytes, at, &line, &column);
    err_at_row(j->err, line);
    return err_at_column(j->err, column);
}

static size_t here(const json_in *j)
{
    size_t at = yajl_get_bytes_consumed(j->yajl);
    return at < j->bytes.len ? at : j->bytes.len;
}

static json *add_node(json_in *j, json_kind kind, text value)
{
    json *n = NEW(j->a, json);
    *n = (json){.kind = kind, .key = j->key, .value = value};
    j->key = (text){0};
    if (j->depth == 0) {
        j->root = n;
        return n;
    }
    level *l = &j->levels[j->depth - 1];
    if (l->last) l->last->next = n;
    else l->node->first = n;
    l->last = n;
    l->node->count++;
    return n;
}

static int on_null(void *ctx) { return add_node(ctx, JSON_NULL, TEXT("")) != NULL; }

static int on_bool(void *ctx, int v) { return add_node(ctx, JSON_BOOL, v ? TEXT("true") : TEXT("false")) != NULL; }

static text copy(arena *a, const void *p, size_t len) { return len ? text_copy(a, (text){p, len}) : TEXT(""); }

static int on_number(void *ctx, const char *p, size_t len)
{
    json_in *j = ctx;
    return add_node(j, JSON_NUMBER, copy(j->a, p, len)) != NULL;
}

static int on_string(void *ctx, const unsigned char *p, size_t len)
{
    json_in *j = ctx;
    return add_node(j, JSON_STRING, copy(j->a, p, len)) != NULL;
}

static int open_level(json_in *j, json_kind kind)
{
    if (j->depth == JSON_DEPTH_MAX) {
        fail_limit(j->err, &MSG_JSON_DEPTH, NULL, JSON_DEPTH_MAX);
        return place(j, here(j));
    }
    json *n = add_node(j, kind, TEXT(""));
    j->levels[j->depth++] = (level){.node = n, .keys = {.a = j->work}};
    return 1;
}

static int close_level(void *ctx)
{
    ((json_in *)ctx)->depth--;
    return 1;
}

static int on_map(void *ctx) { return open_level(ctx, JSON_OBJECT); }

static int on_array(void *ctx) { return open_level(ctx, JSON_ARRAY); }

/* A small object is searched; a large one gets a map, so that many keys do not cost their square. */
static bool key_exists(level *l, text key)
{
    int64_t unused;
    if (l->node->count > KEYS_LINEAR) return text_map_find(&l->keys, key, &unused);
    for (const json *n = l->node->first; n; n = n->next)
        if (text_equal(n->key, key)) return true;
    return false;
}

static void key_remember(level *l, text key)
{
    if (l->node->count < KEYS_LINEAR) return;
    if (l->node->count == KEYS_LINEAR)
        for (const json *n = l->node->first; n; n = n->next) text_map_put(&l->keys, n->key, 1);
    text_map_put(&l->keys, key, 1);
}

static int on_key(void *ctx, const unsigned char *p, size_t len)
{
    json_in *j = ctx;
    level *l = &j->levels[j->depth - 1];
    j->key = copy(j->a, p, len);
    if (!key_exists(l, j->key)) {
        key_remember(l, j->key);
        return 1;
    }
    size_t at = here(j);
    err_fill_n(j->err, &MSG_JSON_DUPLICATE, j->key.ptr, j->key.len, NULL);
    while (at > 1 && j->bytes.ptr[at - 1] != '"') at--;
    return place(j, at > len + 2 ? at - len - 2 : 0);
}

static const yajl_callbacks EVENTS = {
    .yajl_null = on_null, .yajl_boolean = on_bool, .yajl_number = on_number, .yajl_string = on_string,
    .yajl_start_map = on_map, .yajl_map_key = on_key, .yajl_end_map = close_level,
    .yajl_start_array = on_array, .yajl_end_array = close_level,
};

static int unit_at(text t, size_t i)
{
    int unit = 0;
    if (t.len - i < 6 || t.ptr[i] != '\\' || t.ptr[i + 1] != 'u') return -1;
    for (size_t k = i + 2; k < i + 6; k++) {
        char c = t.ptr[k];
        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))) return -1;
        unit = unit * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit;
}

/* \uD83D without its \uDE00, or the other way round: yajl would put ? or bytes that are no UTF-8. */
static bool check_escapes(json_in *j)
{
    text t = j->bytes;
    for (size_t i = 0; i < t.len; i++) {
        const char *p = memchr(t.ptr + i, '\\', t.len - i);
        if (!p) return true;
        i = (size_t)(p - t.ptr);
        int unit = unit_at(t, i), second = unit >= 0 && t.len - i > 6 ? unit_at(t, i + 6) : -1;
        bool high = unit >= 0xD800 && unit <= 0xDBFF, pair = high && second >= 0xDC00 && second <= 0xDFFF;
        if (unit >= 0xD800 && unit <= 0xDFFF && !pair) {
            err_fill_n(j->err, &MSG_JSON_ESCAPE, p, 6, NULL);
            return place(j, i);
        }
        i += pair ? 11 : unit >= 0 ? 5 : 1; /* past the escape, so that \\u is not taken for one */
    }
    return true;
}

static bool syntax_failed(json_in *j)
{
    size_t at = here(j);
    if (at > 0) at--; /* the byte that was wrong has been consumed */
    while (at > 0 && ((unsigned char)j->bytes.ptr[at] & 0xC0) == 0x80) at--;
    size_t n = j->bytes.len - at < SEEN_MAX ? j->bytes.len - at : SEEN_MAX;
    while (n > 0 && at + n < j->bytes.len && ((unsigned char)j->bytes.ptr[at + n] & 0xC0) == 0x80) n--;
    err_fill_n(j->err, &MSG_JSON_BAD, j->bytes.ptr + at, n, NULL);
    return place(j, at);
}

static bool run(json_in *j)
{
    yajl_alloc_funcs memory = {work_alloc, work_grow, work_free, j->work};
    j->yajl = yajl_alloc(&EVENTS, &memory, j);
    must(j->yajl);
    yajl_config(j->yajl, yajl_dont_validate_strings, 1); /* done for the whole before */
    yajl_status s = yajl_parse(j->yajl, (const unsigned char *)j->bytes.ptr, j->bytes.len);
    if (s == yajl_status_client_canceled) return false;
    if (s == yajl_status_ok && yajl_complete_parse(j->yajl) != yajl_status_ok) {
        err_fill(j->err, &MSG_JSON_CUT, NULL, NULL, NULL);
        return place(j, j->bytes.len);
    }
    return s == yajl_status_ok || syntax_failed(j);
}

static bool check_bytes(json_in *j)
{
    size_t bad_at = 0;
    if (j->bytes.len > JSON_BYTES_MAX) {
        char seen[32];
        snprintf(seen, sizeof seen, "%zu", j->bytes.len);
        return fail_limit(j->err, &MSG_JSON_TOO_LARGE, seen, JSON_BYTES_MAX);
    }
    if (!text_is_utf8(j->bytes, &bad_at)) {
        err_fill(j->err, &MSG_JSON_UTF8, NULL, NULL, NULL);
        return place(j, bad_at);
    }
    return check_escapes(j);
}

bool json_parse(arena *a, text bytes, const json **ret, heng_err *err)
{
    arena work = {0};
    json_in *j = NEW(&work, json_in);
    if (text_starts(bytes, "\xEF\xBB\xBF")) bytes = (text){bytes.ptr + 3, bytes.len - 3};
    *j = (json_in){.a = a, .work = &work, .bytes = bytes, .err = err};
    bool ok = check_bytes(j) && run(j);
    if (ok && !j->root) ok = err_fill(err, &MSG_JSON_CUT, NULL, NULL, NULL);
    if (ok) *ret = j->root;
    arena_free(&work);
    return ok;
}

const json *json_get(const json *object, const char *key)
{
    if (!object || object->kind != JSON_OBJECT) return NULL;
    for (const json *n = object->first; n; n = n->next)
        if (text_is(n->key, key)) return n;
    return NULL;
}
