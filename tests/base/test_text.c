/* Text: cutting, folding, width, nearest names, the map. */
#include "check.h"
#include "random.h"

static void pieces(arena *a)
{
    text *parts, rest = TEXT("a,,b"), t;
    check_int((int64_t)text_split(a, TEXT(" a ; b;; c"), ';', &parts), 4, "split counts empty pieces");
    check_text(parts[3], TEXT("c"), "and trims");
    check_int((int64_t)text_split(a, TEXT(""), ';', &parts), 0, "empty text has no pieces");
    check_text(text_next(&rest, ','), TEXT("a"), "next");
    check_text(text_next(&rest, ','), TEXT(""), "next, empty");
    check_text(text_next(&rest, ','), TEXT("b"), "next, last");
    check(rest.len == 0, "nothing is left");
    check_text(text_trim(TEXT(" \t\r\n　\xC2\xA0\xEF\xBB\xBF煤 炭　")), TEXT("煤 炭"), "full-width, no-break blanks and the byte order mark are trimmed");
    size_t at = 99;
    check(text_find(TEXT("原煤消费"), TEXT("煤"), &at) && at == 3, "found at");
    check(!text_find(TEXT("原煤"), TEXT("煤炭"), &at) && at == 3, "not found keeps the result");
    check(text_find(TEXT("x"), TEXT(""), &at) && at == 0, "empty is found at 0");
    t = text_of(NULL);
    check(t.len == 0 && text_equal(t, (text){0}), "NULL is empty text");
    check(text_starts(TEXT("heng:x"), "heng:") && !text_starts(TEXT("he"), "heng:") && text_ends(TEXT("x.csv"), ".csv"), "starts, ends");
    check(text_compare(TEXT("a"), TEXT("ab")) < 0 && text_compare(TEXT("b"), TEXT("ab")) > 0 && text_compare(TEXT("é"), TEXT("z")) > 0, "order by code point");
}

static void utf8(void)
{
    static const struct { const char *bytes; int64_t bad_at; } CASES[] = {
        {"plain and 中文 𠀀 é", -1}, {"", -1},
        {"abcdefgh\xFF", 8}, {"\xC0\xAF", 0}, {"\xE0\x80\xAF", 0}, {"a\xED\xA0\x80", 1}, {"\xF4\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 0},
        {"中\xE4\xB8", 3}, {"\x80", 0}, {"\xF0\x8F\xBF\xBF", 0}, {"\xF4\x8F\xBF\xBF", -1}, {"\xED\x9F\xBF", -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t at = SIZE_MAX;
        bool ok = text_is_utf8(text_of(CASES[i].bytes), &at);
        check_int(ok ? -1 : (int64_t)at, CASES[i].bad_at, "UTF-8 or the first bad byte");
    }
}

static void integers(void)
{
    static const struct { const char *t; bool ok; int64_t v; } CASES[] = {
        {"0", true, 0}, {"-17", true, -17}, {"+5", true, 5}, {"9223372036854775807", true, INT64_MAX}, {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0}, {"-9223372036854775809", false, 0}, {"", false, 0}, {"-", false, 0}, {"1 ", false, 0}, {"1.0", false, 0}, {"0x1", false, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool ok;
        int64_t v = text_to_i64(text_of(CASES[i].t), &ok);
        check(ok == CASES[i].ok && v == CASES[i].v, CASES[i].t);
    }
}

static void folds(arena *a)
{
    static const struct { const char *t, *key; } CASES[] = {
        {"原煤", "原煤"},
        {"增加值（万元）", "增加值(万元)"},
        {"增 加　值 (万元)", "增加值(万元)"},
        {"ＧＤＰ", "gdp"},
        {"國家發展改革委員會", "国家发展改革委员会"},
        {"電力消費量", "电力消费量"},
        {"㎡", "m2"}, {"①", "1"}, {"CO₂", "co2"}, {"m³", "m3"},
        {"〔2021〕【注】", "[2021][注]"},
        {"⻔窗、汽⻋、⻛电、⺠政、⻢鞍山、粮⻝、⻓江、⻅义、⻜行、⻩河、⻥", "门窗、汽车、风电、民政、马鞍山、粮食、长江、见义、飞行、黄河、鱼"},
        {"⽣⾦⽔", "生金水"},
        {"a\xE2\x80\x8B" "b\xC2\xA0" "c", "abc"},
        {"", ""},
    };
    heng_err err;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        text key = TEXT("?");
        if (check_ok(text_fold(a, text_of(CASES[i].t), &key, &err), &err, CASES[i].t)) check_text(key, text_of(CASES[i].key), CASES[i].t);
        text again = TEXT("?");
        bool ok = text_fold(a, key, &again, &err);
        check(ok && text_equal(again, key), "a key is its own key");
    }
    text simple = TEXT("kept");
    check_fails(text_fold(a, TEXT("ab\xFF"), &simple, &err), &err, "base.text_not_utf8", "bytes that are not UTF-8");
    check_text(text_of(err.other), TEXT("3"), "the bad byte is named, from 1");
    check_fails(text_simplify(a, TEXT("\xE4\xB8"), &simple, &err), &err, "base.text_not_utf8", "a character cut in two");
    check_text(simple, TEXT("kept"), "the result is kept on error");
    check_ok(text_simplify(a, TEXT("電\0力 後"), &simple, &err), &err, "a 0 byte inside");
    check_text(simple, TEXT("电\0力 后"), "does not cut the text");
    check_text(text_nfkc(a, TEXT("\xFFＡ")), TEXT("\xFFＡ"), "NFKC leaves what is not UTF-8 alone");
    text_buf b = {.a = a};
    for (int i = 0; i < 1000; i++) buf_str(&b, "Ａ⻔");
    check_int((int64_t)text_nfkc(a, buf_text(&b)).len, 4000, "NFKC of long text");
}

static void widths(void)
{
    check_int((int64_t)text_width(TEXT("abc")), 3, "ASCII is one column");
    check_int((int64_t)text_width(TEXT("煤炭（吨）")), 10, "ideographs and full-width brackets are two");
    check_int((int64_t)text_width(TEXT("e\xCC\x81")), 1, "a combining mark has no width");
    check_int((int64_t)text_width(TEXT("“a”—…")), 5, "ambiguous ones are one");
    check_int((int64_t)text_width(TEXT("a\xFF")), 2, "a broken byte is one");
    check_int((int64_t)text_chars(TEXT("煤a炭")), 3, "code points");
}

static void nearest(arena *a)
{
    static const text names[] = {{"energy_intensity", 16}, {"energy", 6}, {"carbon_intensity", 16}, {"能源消费总量", 18}, {"能源消费强度", 18}, {"gdp", 3}};
    size_t at[3];
    check(text_nearest(a, TEXT("energy_intensty"), names, 6, 3, at) == 1 && at[0] == 0, "a letter missing");
    check(text_nearest(a, TEXT("energy_inetnsity"), names, 6, 1, at) == 1 && at[0] == 0, "two letters swapped");
    check(text_nearest(a, TEXT("能源消耗强度"), names, 6, 3, at) == 1 && at[0] == 4, "one character of six");
    check(text_nearest(a, TEXT("能源消费"), names, 6, 3, at) == 2 && at[0] == 3 && at[1] == 4, "equals keep their order");
    check(text_nearest(a, TEXT("xyz"), names, 6, 3, at) == 0, "more than a third is not near");
    check(text_nearest(a, TEXT("\xFF\x80\x80\x80\x80\x80"), names, 6, 3, at) == 0, "broken bytes are only far");
    check(text_nearest(a, TEXT("gdp"), names, 6, 0, at) == 0, "none asked, none given");
}

static void maps(arena *a)
{
    text_map m = {.a = a};
    bool ok = true;
    int64_t v;
    for (int i = 0; i < 20000; i++) text_map_put(&m, text_of(arena_printf(a, "key%d", i % 10000)), i);
    for (int i = 0; i < 10000; i++) ok &= text_map_find(&m, text_of(arena_printf(a, "key%d", i)), &v) && v == i + 10000;
    check(ok && m.count == 10000, "ten thousand keys, the last value stays");
    check(!text_map_find(&m, TEXT("key10000"), &v), "what was not put is not found");
    text_map_put(&m, (text){0}, 5);
    check(text_map_find(&m, TEXT(""), &v) && v == 5, "the empty key is a key");
    check(!text_map_find(&(text_map){.a = a}, TEXT("x"), &v), "an empty map finds nothing");
}

int main(void)
{
    arena a = {0};
    pieces(&a);
    utf8();
    integers();
    folds(&a);
    widths();
    nearest(&a);
    maps(&a);
    arena_free(&a);
    return check_done();
}
