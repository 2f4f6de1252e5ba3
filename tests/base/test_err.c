/* Errors: filled once, placed on the way up, printed in two languages. */
#include "check.h"

static const heng_message DECIMALS = {"test.decimals", HENG_BAD_INPUT, "'{seen}' has {other} decimals, wanted at most {wanted}",
                                      "“{seen}”有{other}位小数，最多应为{wanted}位", "round {seen}", "请舍入{seen}"};
static const heng_message PLAIN = {"test.plain", HENG_IO, "the disk is full {not a mark}", "磁盘已满", NULL, NULL};

static void prints(const heng_err *err, heng_lang lang, const char *wanted, const char *says)
{
    char out[2048];
    size_t len = err_format(err, lang, out, sizeof out);
    check_text(text_of(out), text_of(wanted), says);
    check(len == strlen(wanted), "the length needed is returned");
}

static void placed(void)
{
    heng_err err;
    check(!err_fill(&err, &DECIMALS, "12.3456", "3", "4"), "filling returns false");
    check(!err_in_field(&err, "used") && !err_in_field(&err, "other field"), "placing returns false");
    err_at_row(&err, 1204);
    err_at_row(&err, 7);
    err_in_file(&err, "readings.csv");
    prints(&err, HENG_EN, "readings.csv:1204: used: '12.3456' has 4 decimals, wanted at most 3\nhint: round 12.3456", "English with place, innermost word first");
    prints(&err, HENG_ZH, "readings.csv 第1204行 字段“used”：“12.3456”有4位小数，最多应为3位\n提示：请舍入12.3456", "Chinese with place");
    err_in_sheet(&err, "电");
    err_at_column(&err, 3);
    prints(&err, HENG_EN, "readings.csv [电]:1204:3: used: '12.3456' has 4 decimals, wanted at most 3\nhint: round 12.3456", "sheet and column");
    prints(&err, HENG_ZH, "readings.csv 工作表“电” 第1204行 第3字 字段“used”：“12.3456”有4位小数，最多应为3位\n提示：请舍入12.3456", "sheet and column in Chinese");
    char reason[256];
    err_format_reason(&err, HENG_ZH, reason, sizeof reason);
    check_text(text_of(reason), TEXT("“12.3456”有4位小数，最多应为3位；请舍入12.3456"), "the reason and the remedy, without place");
    err_clear(&err);
    check(err.message == NULL && err.row == 0, "cleared");
}

static void filled(void)
{
    heng_err err;
    err_fill(&err, &PLAIN, NULL, NULL, NULL);
    prints(&err, HENG_EN, "the disk is full {not a mark}", "no place, no hint, a brace that is no mark");
    err_at_row(&err, 2);
    prints(&err, HENG_EN, "row 2: the disk is full {not a mark}", "a row without file");
    err_fill(&err, &DECIMALS, "{wanted}", "{other}", "x");
    prints(&err, HENG_EN, "'{wanted}' has x decimals, wanted at most {other}\nhint: round {wanted}", "data is not a template, and the old place is gone");
    err_fill(&err, &DECIMALS, err.other, err.seen, err.wanted);
    check_text(text_of(err.seen), TEXT("x"), "an error may be filled from itself");
    err_fill_n(&err, &DECIMALS, "12345", 2, NULL);
    check_text(text_of(err.seen), TEXT("12"), "text by length");
}

static void cut(void)
{
    heng_err err;
    char longer[3 * HENG_ERR_TEXT_MAX + 1], out[2048];
    for (size_t i = 0; i < HENG_ERR_TEXT_MAX; i++) memcpy(longer + 3 * i, "煤", 3);
    longer[sizeof longer - 1] = 0;
    err_fill(&err, &DECIMALS, longer, NULL, NULL);
    check_int((int64_t)strlen(err.seen) % 3, 0, "a long value is cut between characters");
    check(text_is_utf8(text_of(err.seen), NULL) && strlen(err.seen) > HENG_ERR_TEXT_MAX - 4, "and keeps what fits");
    bool whole = true;
    err_fill(&err, &DECIMALS, "煤é𠀀x", "3", "4");
    size_t needed = err_format(&err, HENG_ZH, out, sizeof out);
    for (size_t size = 0; size < needed + 2; size++) {
        memset(out, '#', sizeof out);
        whole &= err_format(&err, HENG_ZH, out, size) == needed && out[size] == '#';
        if (size > 0) whole &= text_is_utf8(text_of(out), NULL) && strlen(out) < size;
    }
    check(whole, "printing into any size ends with 0, between characters, and says what is needed");
}

static void words(void)
{
    arena a = {0};
    heng_err err = {0};
    char zh[200], en[200];
    err_fill(&err, &DECIMALS, text_words(&a, TEXT("大气"), TEXT("Air")), "3", "4");
    err_format(&err, HENG_ZH, zh, sizeof zh);
    err_format(&err, HENG_EN, en, sizeof en);
    check(strstr(zh, "大气") && !strstr(zh, "Air"), "of a value in both languages a Chinese message shows the Chinese");
    check(strstr(en, "Air") && !strstr(en, "大气"), "and an English one the English");
    arena_free(&a);
}

static void messages(void)
{
    bool whole = true;
    for (const heng_message *const *m = base_messages; *m; m++) {
        whole &= strncmp((*m)->id, "base.", 5) == 0 && (*m)->en[0] && (*m)->zh[0] && !(*m)->hint_en == !(*m)->hint_zh;
        for (const heng_message *const *other = base_messages; other < m; other++) whole &= strcmp((*m)->id, (*other)->id) != 0;
    }
    check(whole, "every message of base has its own id and both languages");
}

int main(void)
{
    placed();
    filled();
    cut();
    words();
    messages();
    return check_done();
}
