/* JSON in. */
#include "check.h"
#include "format.h"

static void show(text_buf *b, const json *n)
{
    static const char KINDS[] = "zbns[{";
    if (n->key.len > 0) buf_printf(b, "%.*s=", TEXT_FMT(n->key));
    buf_char(b, KINDS[n->kind]);
    buf_add(b, n->value);
    for (const json *c = n->first; c; c = c->next) {
        if (c != n->first) buf_char(b, ',');
        show(b, c);
    }
    if (n->kind == JSON_ARRAY) buf_char(b, ']');
    if (n->kind == JSON_OBJECT) buf_char(b, '}');
}

#define BYTES(literal) {literal, sizeof literal - 1}

static const struct { const char *says; text in; const char *want; } GOOD[] = {
    {"a tree of every kind", BYTES("{\"a\":[1,\"x\",true,null,{}],\"b\":false}"), "{a=[n1,sx,btrue,z,{}],b=bfalse}"},
    {"numbers keep their digits", BYTES("[0.10,99999999999999999999999,-1.5E-03,1e400]"), "[n0.10,n99999999999999999999999,n-1.5E-03,n1e400]"},
    {"escapes and pairs", BYTES("\"\\u7164\\n\\ud83d\\ude00\\\\ud800\""), "s煤\n😀\\ud800"},
    {"a byte order mark is passed over", BYTES("\xEF\xBB\xBF 7 "), "n7"},
    {"the same key in different objects", BYTES("[{\"a\":1},{\"a\":2}]"), "[{a=n1},{a=n2}]"},
    {"empty strings", BYTES("{\"\":\"\"}"), "{s}"},
};

static const struct { const char *says; text in; const char *id; int64_t row, column; } BAD[] = {
    {"nothing", BYTES(""), "format.json_cut", 1, 1},
    {"cut in an object", BYTES("{\"a\":1,"), "format.json_cut", 1, 8},
    {"cut in a string", BYTES("[\"ab"), "format.json_cut", 1, 5},
    {"a comma too many", BYTES("[1,\n 2,]"), "format.json_bad", 2, 4},
    {"more behind the end", BYTES("{} x"), "format.json_bad", 1, 4},
    {"words", BYTES("[煤]"), "format.json_bad", 1, 2},
    {"a key twice", BYTES("{\"a\":1,\n\"b\":2,\"a\":3}"), "format.json_duplicate", 2, 7},
    {"bytes that are no UTF-8", BYTES("[\"\xC3\xBA\xB5\"]"), "format.json_utf8", 1, 4},
    {"half a pair", BYTES("[\"\\ud83d\"]"), "format.json_escape", 1, 3},
    {"the other half", BYTES("[\"\\ude00\"]"), "format.json_escape", 1, 3},
};

static void test_depth(arena *a)
{
    char in[2 * JSON_DEPTH_MAX + 3];
    heng_err err = {0};
    const json *root = NULL;
    memset(in, '[', JSON_DEPTH_MAX);
    memset(in + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    check_ok(json_parse(a, (text){in, 2 * JSON_DEPTH_MAX}, &root, &err), &err, "the deepest nesting allowed");
    memset(in, '[', JSON_DEPTH_MAX + 1);
    memset(in + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    check_fails(json_parse(a, (text){in, 2 * JSON_DEPTH_MAX + 2}, &root, &err), &err, "format.json_depth", "one level more");
}

static void test_many_keys(arena *a)
{
    text_buf b = {.a = a};
    heng_err err = {0};
    const json *root = NULL;
    for (int i = 0; i < 50000; i++) buf_printf(&b, "%s\"key%d\":%d", i ? "," : "{", i, i);
    text_buf again = {.a = a};
    buf_add(&again, buf_text(&b));
    buf_str(&again, ",\"key17\":0}");
    buf_char(&b, '}');
    check_ok(json_parse(a, buf_text(&b), &root, &err), &err, "an object of 50,000 keys");
    check_int((int64_t)root->count, 50000, "has them all");
    check_text(json_get(root, "key49999")->value, TEXT("49999"), "found by key");
    check(json_get(root, "none") == NULL && json_get(root->first, "x") == NULL && json_get(NULL, "x") == NULL, "absence is NULL");
    check_fails(json_parse(a, buf_text(&again), &root, &err), &err, "format.json_duplicate", "a key twice among many");
}

int main(void)
{
    arena a = {0};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        heng_err err = {0};
        const json *root = NULL;
        text_buf b = {.a = &a};
        if (!check_ok(json_parse(&a, GOOD[i].in, &root, &err), &err, GOOD[i].says)) continue;
        show(&b, root);
        check_text(buf_text(&b), text_of(GOOD[i].want), GOOD[i].says);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        heng_err err = {0};
        const json *root = NULL;
        check_fails(json_parse(&a, BAD[i].in, &root, &err), &err, BAD[i].id, BAD[i].says);
        check_int(err.row, BAD[i].row, "its line");
        check_int(err.column, BAD[i].column, "its character");
        check(root == NULL, "nothing is given back");
    }
    test_depth(&a);
    test_many_keys(&a);
    arena_free(&a);
    return check_done();
}
