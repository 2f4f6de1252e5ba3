/* Initials of pinyin: names, and all of GB 2312 level 1 by the boundary codes of that standard (the second road). */
#include <iconv.h>
#include "check.h"

static const struct { unsigned code; char initial; } BOUNDARIES[] = {
    {0xB0A1, 'a'}, {0xB0C5, 'b'}, {0xB2C1, 'c'}, {0xB4EE, 'd'}, {0xB6EA, 'e'}, {0xB7A2, 'f'}, {0xB8C1, 'g'}, {0xB9FE, 'h'},
    {0xBBF7, 'j'}, {0xBFA6, 'k'}, {0xC0AC, 'l'}, {0xC2E8, 'm'}, {0xC4C3, 'n'}, {0xC5B6, 'o'}, {0xC5BE, 'p'}, {0xC6DA, 'q'},
    {0xC8BB, 'r'}, {0xC8F6, 's'}, {0xCBFA, 't'}, {0xCDDA, 'w'}, {0xCEF4, 'x'}, {0xD1B9, 'y'}, {0xD4D1, 'z'}, {0xD7FA, 0},
};

static void names(arena *a)
{
    static const char *const CASES[][2] = {
        {"天津市", "tjs"}, {"蓟州区", "jzq"}, {"重庆市", "cqs"}, {"重点", "zd"}, {"长沙", "cs"}, {"厦门", "xm"}, {"西藏自治区", "xzzzq"}, {"陇南", "ln"},
        {"岷县", "mx"}, {"汕头", "st"}, {"潮州", "cz"}, {"澄海", "ch"}, {"濠江", "hj"}, {"滨州", "bz"}, {"沁水", "qs"}, {"深圳", "sz"}, {"东莞", "dg"},
        {"台州", "tz"}, {"六安", "la"}, {"番禺", "py"}, {"呼伦贝尔", "hlbe"}, {"亳州", "bz"}, {"邯郸", "hd"}, {"GDP（亿元）2021", "gdpyy2021"}, {"", ""}, {"—，。", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_text(text_pinyin_initials(a, text_of(CASES[i][0])), text_of(CASES[i][1]), CASES[i][0]);
    check_text(text_pinyin_initials(a, TEXT("\xE5\xA4中\xFF")), TEXT("z"), "broken bytes give nothing");
}

/* Characters with two readings may open a listed word, so each is asked for alone. */
static void level_1(arena *a)
{
    iconv_t to_utf8 = iconv_open("UTF-8", "GB2312");
    if (to_utf8 == (iconv_t)-1) return;
    int count = 0, wrong = 0;
    for (size_t b = 0; BOUNDARIES[b].initial; b++) {
        for (unsigned code = BOUNDARIES[b].code; code < BOUNDARIES[b + 1].code; code++) {
            char in[2] = {(char)(code >> 8), (char)code}, out[8], *from = in, *to = out;
            size_t in_left = 2, out_left = sizeof out;
            if ((code & 0xFF) < 0xA1 || (code & 0xFF) > 0xFE || iconv(to_utf8, &from, &in_left, &to, &out_left) == (size_t)-1) continue;
            arena_mark mark = arena_here(a);
            text initials = text_pinyin_initials(a, (text){out, (size_t)(to - out)});
            wrong += initials.len != 1 || initials.ptr[0] != BOUNDARIES[b].initial;
            count++;
            arena_rewind(a, mark);
        }
    }
    iconv_close(to_utf8);
    check_int(count, 3755, "all characters of level 1");
    check_int(wrong, 0, "have the initial of their place in the standard");
}

int main(void)
{
    arena a = {0};
    names(&a);
    level_1(&a);
    arena_free(&a);
    return check_done();
}
