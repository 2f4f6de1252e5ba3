/* Explanations: every node follows from its children, and the tree can be read. */
#include "check.h"

static why_node *node(arena *a, why_kind kind, const char *label, const char *value, const char *unit)
{
    heng_err err;
    const rat *v = NULL;
    if (value) check_ok(rat_parse(a, text_of(value), &v, &err), &err, value);
    return why_new(a, kind, text_of(label), TEXT(""), v, text_of(unit));
}

static void checks(arena *a)
{
    static const struct { why_kind kind; const char *value, *children[3]; bool ok; } CASES[] = {
        {WHY_SUM, "6", {"1", "2", "3"}, true}, {WHY_SUM, "7", {"1", "2", "3"}, false}, {WHY_FLOW, "3", {"1", "2"}, true}, {WHY_MONTH, "3", {"1", "1"}, false},
        {WHY_SUM, "3", {"1", "-", "2"}, true}, {WHY_PRODUCT, "6", {"1", "2", "3"}, true}, {WHY_PRODUCT, "6", {"6", "-"}, false},
        {WHY_QUOTIENT, "1/3", {"1", "3"}, true}, {WHY_QUOTIENT, "0.333333333333", {"1", "3"}, false}, {WHY_QUOTIENT, "1", {"1"}, false}, {WHY_QUOTIENT, "1", {"1", "0"}, false},
        {WHY_DIFFERENCE, "-4", {"1", "2", "3"}, true}, {WHY_DIFFERENCE, "4", {"1", "2", "3"}, false}, {WHY_NEGATE, "-1", {"1"}, true}, {WHY_NEGATE, "1", {"1"}, false},
        {WHY_SAME, "1", {"1"}, true}, {WHY_SAME, "1", {"1", "1"}, false}, {WHY_FORMULA, "99", {"1", "2"}, true}, {WHY_PRODUCT, NULL, {"1", "-"}, true}, {WHY_SUM, "5", {NULL}, true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        why_node *root = node(a, WHY_SAME, "root", CASES[i].value, ""), *n = why_add(root, node(a, CASES[i].kind, "n", CASES[i].value, ""));
        const why_node *bad = NULL;
        for (size_t k = 0; k < 3 && CASES[i].children[k]; k++) {
            bool missing = strcmp(CASES[i].children[k], "-") == 0;
            why_node *c = why_add(n, node(a, missing ? WHY_MISSING : WHY_MOVEMENT, "c", missing ? NULL : CASES[i].children[k], ""));
            why_add(c, node(a, WHY_ROW, "row", NULL, ""));
        }
        check(why_check(a, root, &bad) == CASES[i].ok && (CASES[i].ok || bad == n), "follows or not, and the node is named");
    }
}

static why_node *example(arena *a)
{
    why_node *root = node(a, WHY_SUM, "用能", "30", "tce");
    why_node *coal = why_add(root, node(a, WHY_PRODUCT, "原煤", "20", "tce"));
    why_add(coal, node(a, WHY_FLOW, "用量", "28", "t"));
    why_node *factor = why_add(coal, node(a, WHY_FACTOR, "折标煤系数", "5/7", "tce/t"));
    factor->source = TEXT("附录4");
    why_node *gas = why_add(root, node(a, WHY_MOVEMENT, "天然气", "10", "tce"));
    gas->address = TEXT("heng:m/1");
    why_node *row = why_add(gas, node(a, WHY_ROW, "", NULL, ""));
    row->detail = TEXT("a\x1B[31m\"b\"\n");
    why_add(root, node(a, WHY_MISSING, "燃料油", NULL, "t"));
    return root;
}

static void prints(arena *a)
{
    const why_node *root = example(a), *bad;
    check(why_check(a, root, &bad), "the example adds up");
    check_text(why_text(a, root, HENG_ZH, 0, 0),
               TEXT("用能 = 30 tce  [Σ]\n"
                    "├─ 原煤 = 20 tce  [×]\n"
                    "│  ├─ 用量 = 28 t\n"
                    "│  └─ 折标煤系数 ≈ 0.714285714286 tce/t  «附录4»\n"
                    "├─ 天然气 = 10 tce  <heng:m/1>\n"
                    "│  └─ a [31m\"b\" \n"
                    "└─ 燃料油：缺数据\n"),
               "the whole tree; control characters are blanks");
    check_text(why_text(a, root, HENG_EN, 1, 1), TEXT("用能 = 30 tce  [Σ]\n├─ 原煤 = 20 tce  [×]  (2 below)\n└─ ... 2 more, together 10 tce\n"), "cut in depth and in length");
    check_text(why_json(a, root->first->next),
               TEXT("{\"kind\":\"movement\",\"label_zh\":\"天然气\",\"value\":\"10\",\"unit\":\"tce\",\"address\":\"heng:m/1\",\"children\":[{\"kind\":\"row\",\"detail\":\"a\\u001b[31m\\\"b\\\"\\u000a\"}]}"),
               "JSON");
    why_node *odd = node(a, WHY_OBSERVED, "a\xFF" "b", "1/1000000000000000", "");
    check_text(why_json(a, odd), TEXT("{\"kind\":\"observed\",\"label_zh\":\"a\xEF\xBF\xBD" "b\",\"value\":\"0.000000000000001\"}"), "broken bytes are marked in JSON");
    check_text(why_text(a, odd, HENG_ZH, 0, 0), TEXT("a\xFF" "b ≈ 0.000000000000001000000000000000\n"), "a small value does not vanish");
}

static void deep(arena *a)
{
    why_node *root = node(a, WHY_SAME, "x", "1", ""), *n = root;
    for (int i = 0; i < 5000; i++) n = why_add(n, node(a, WHY_SAME, "x", "1", ""));
    const why_node *bad = NULL;
    check(!why_check(a, root, &bad) && bad, "a tree deeper than any real one is refused");
    check(why_text(a, root, HENG_ZH, 0, 0).len > 0 && why_json(a, root).len > 0, "and printed to its limit");
}

int main(void)
{
    arena a = {0};
    checks(&a);
    prints(&a);
    deep(&a);
    arena_free(&a);
    return check_done();
}
