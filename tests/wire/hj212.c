/* HJ 212 frames: the standard's own examples and other people's frames, the field's mess, and what no sender may do to the reader. */
#include "hj212.h"
#include "check.h"
#include "hj212_field.h"
#include "messages.h"

/* CRCs that others computed: HJ 212-2017 annex A; public codecs' own tests. */
static const struct { const char *says, *data; uint16_t want; } CRCS[] = {
    {"CRC of the example of HJ 212-2017", "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&", 0x1C80},
    {"CRC of a frame of 2005 that a public generator wrote", "ST=32;CN=2011;PW=000000;MN=LD130133000015;CP=&&DataTime=20160824003817;011-Rtd=231.0,011-Flag=N;B01-Rtd=36.91;060-Rtd=1.803,060-Flag=N&&", 0x1DC0},
    {"CRC of a frame without data from a public codec's test", "QN=20181111151745000;ST=21;CN=2011;PW=123456;MN=YSRDWQGQ1000001001;Flag=5;CP=&&&&", 0x7580},
    {"CRC of a frame of an air station from a public codec's test", "QN=20220928142812336;ST=22;CN=2011;PW=123456;MN=JSRCTD000YD107;Flag=5;CP=&&DataTime=20220928142812;l01001-Flag=N,l01001-Rtd=119.90287;l01002-Flag=N,l01002-Rtd=32.48505;a34002-Rtd=5,a34002-Flag=N;a34004-Rtd=4,a34004-Flag=N;a21026-Rtd=22.25,a21026-Flag=N;a21004-Rtd=22.7,a21004-Flag=N;a21005-Rtd=0.36,a21005-Flag=N;a05024-Rtd=8.82,a05024-Flag=N&&", 0x9241},
    {"CRC of an answer from a public codec's test", "QN=20201015123632010;ST=91;CN=9014;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&&&", 0xF001},
};

static void crcs(void)
{
    for (size_t i = 0; i < sizeof CRCS / sizeof *CRCS; i++) check_int(hj212_crc(CRCS[i].data, strlen(CRCS[i].data)), CRCS[i].want, CRCS[i].says);
}

#define DATA "ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91;011-Rtd=231.0,011-Flag=N;060-Rtd=1.803,060-Flag=N&&"

static const struct { const char *says, *bytes; hj212_cut_kind kind; size_t used; size_t data_len; unsigned odd; } CUTS[] = {
    {"a whole frame", "##0136" DATA "3C00\r\n", HJ212_FRAME, 148, 136, 0},
    {"a whole frame and the next one glued to it", "##0136" DATA "3C00\r\n##0136ST", HJ212_FRAME, 148, 136, 0},
    {"no line end, the CRC is right", "##0136" DATA "3C00", HJ212_FRAME, 146, 136, HJ212_NO_LINE_END},
    {"no line end and the next one glued to it", "##0136" DATA "3C00##0136", HJ212_FRAME, 146, 136, HJ212_NO_LINE_END},
    {"only a line feed", "##0136" DATA "3C00\n", HJ212_FRAME, 147, 136, 0},
    {"the CRC with its bytes exchanged", "##0136" DATA "003C\r\n", HJ212_FRAME, 148, 136, HJ212_CRC_SWAPPED},
    {"the CRC of Modbus", "##0136" DATA "522B\r\n", HJ212_FRAME, 148, 136, HJ212_CRC_MODBUS},
    {"a length one too small", "##0135" DATA "3C00\r\n", HJ212_FRAME, 148, 136, HJ212_LENGTH_OFF},
    {"a length one too large", "##0137" DATA "3C00\r\n", HJ212_FRAME, 148, 136, HJ212_LENGTH_OFF},
    {"a length far too large does not swallow the next frame", "##0999" DATA "3C00\r\n##0136", HJ212_FRAME, 148, 136, HJ212_LENGTH_OFF},
    {"a length far too large, and no line end", "##0999" DATA "3C00##0136" DATA "3C00\r\n", HJ212_FRAME, 146, 136, HJ212_LENGTH_OFF | HJ212_NO_LINE_END},
    {"no CRC", "##0136" DATA "\r\n", HJ212_FRAME, 144, 136, HJ212_CRC_MISSING},
    {"another CRC", "##0136" DATA "3C01\r\n", HJ212_CRC_WRONG, 148, 136, 0},
    {"a damaged byte", "##0136" "ST=33" ";CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91;011-Rtd=231.0,011-Flag=N;060-Rtd=1.803,060-Flag=N&&3C00\r\n", HJ212_CRC_WRONG, 148, 136, 0},
    {"half a frame waits", "##0136ST=32;CN=2011", HJ212_WAIT, 0, 0, 0},
    {"half a frame and then another one", "##0136ST=32;CN=2##0136", HJ212_CRC_WRONG, 16, 6, 0},
    {"the mark alone waits", "##", HJ212_WAIT, 0, 0, 0},
    {"half a mark waits", "#", HJ212_WAIT, 0, 0, 0},
    {"half a length waits", "##01", HJ212_WAIT, 0, 0, 0},
    {"bytes before the mark are passed over", "OK\r\n##0136", HJ212_JUNK, 4, 0, 0},
    {"no digits behind the mark", "##ABCD", HJ212_JUNK, 2, 0, 0},
    {"three marks in a row", "###013", HJ212_JUNK, 1, 0, 0},
    {"nothing waits", "", HJ212_WAIT, 0, 0, 0},
};

static void cuts(void)
{
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++) {
        hj212_cut c = hj212_next(CUTS[i].bytes, strlen(CUTS[i].bytes));
        bool ok = c.kind == CUTS[i].kind && c.used == CUTS[i].used && c.data.len == CUTS[i].data_len && c.odd == CUTS[i].odd;
        if (!check(ok, CUTS[i].says)) printf("# kind %d, used %zu, data %zu, odd %u\n", (int)c.kind, c.used, c.data.len, c.odd);
    }
    hj212_cut lower = hj212_next("##0087QN=20201015123632010;ST=91;CN=9014;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&&&f001\r\n", 99);
    check(lower.kind == HJ212_FRAME && lower.odd == HJ212_CRC_LOWER && lower.data.len == 87, "a lower-case CRC");
}

static void endless(void)
{
    static char bytes[HJ212_FRAME_MAX];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "##9999", 6);
    check_int(hj212_next(bytes, sizeof bytes - 1).kind, HJ212_WAIT, "the longest frame is waited for");
    check_int(hj212_next(bytes, sizeof bytes).kind, HJ212_ENDLESS, "nothing longer is waited for");
    check_int((int64_t)hj212_next(bytes, sizeof bytes).used, HJ212_FRAME_MAX, "and it is thrown away whole");
}

#define HEAD "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"

static const struct { const char *says, *data; size_t values; const char *code, *what, *value, *flag; } VALUES[] = { /* the last value */
    {"flag behind its value", HEAD "CP=&&DataTime=20160801085857;w01018-Rtd=2.2,w01018-Flag=N&&", 1, "w01018", "Rtd", "2.2", "N"},
    {"flag before its value", HEAD "CP=&&DataTime=20160801085857;w01018-Flag=D,w01018-Rtd=2.2&&", 1, "w01018", "Rtd", "2.2", "D"},
    {"flag as an item of its own", HEAD "CP=&&DataTime=20160801085857;w01018-Rtd=2.2;w01018-Flag=M;&&", 1, "w01018", "Rtd", "2.2", "M"},
    {"no flag", HEAD "CP=&&DataTime=20160801085857;B01-Rtd=36.91&&", 1, "B01", "Rtd", "36.91", ""},
    {"sample time and device flag are no values", HEAD "CP=&&DataTime=20160801085857;w01018-SampleTime=20160801070000,w01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01&&", 1, "w01018", "Rtd", "2.2", "N"},
    {"minimum, average, maximum and amount share the flag", HEAD "CP=&&DataTime=20160801084000;w00000-Cou=10.5,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N&&", 4, "w00000", "Max", "20.1", "N"},
    {"blanks are taken out", "QN=20191122100900943 ;ST=22;CN=2011;PW=123456;MN= 2019061803100005;Flag=5;CP=&&DataTime=20191122100900 ;a21004- Rtd=20.9,a21004-Flag=N&&", 1, "a21004", "Rtd", "20.9", "N"},
    {"state of equipment", HEAD "CP=&&DataTime=20160801085857;SB1-RS=1;SB2-RS=0&&", 2, "SB2", "RS", "0", ""},
    {"the same key twice with the same value is one", HEAD "CP=&&DataTime=20160801085857;w01018-Rtd=2.2;w01018-Rtd=2.2&&", 1, "w01018", "Rtd", "2.2", ""},
    {"a value of 131072 is read as it stands", HEAD "CP=&&DataTime=20160801085857;w01018-Rtd=131072,w01018-Flag=T&&", 1, "w01018", "Rtd", "131072", "T"},
    {"information is no value", HEAD "CP=&&DataTime=20160801085857;i13013-Info=abc&&", 0, NULL, NULL, NULL, NULL},
    {"nothing at all", HEAD "CP=&&&&", 0, NULL, NULL, NULL, NULL},
};

static void values(void)
{
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        arena a = {0};
        heng_err err = {0};
        hj212_frame f = {0};
        bool ok = hj212_parse(&a, text_of(VALUES[i].data), &f, &err) && f.value_count == VALUES[i].values;
        const hj212_value *v = ok && f.value_count ? &f.values[f.value_count - 1] : NULL;
        ok = ok && (!v || (text_is(v->code, VALUES[i].code) && text_is(v->what, VALUES[i].what) && text_is(v->value, VALUES[i].value) && text_is(v->flag, VALUES[i].flag) && !v->refused));
        check(ok, VALUES[i].says);
        arena_free(&a);
    }
}

static const struct { const char *says, *data, *id; } REFUSED[] = {
    {"no MN", "ST=32;CN=2011;CP=&&DataTime=20160801085857&&", "wire.hj212_no_field"},
    {"no command", "ST=32;MN=A;CP=&&&&", "wire.hj212_no_field"},
    {"no CP", "ST=32;CN=2011;MN=A", "wire.hj212_no_field"},
    {"CP is not closed", "ST=32;CN=2011;MN=A;CP=&&DataTime=20160801085857", "wire.hj212_no_field"},
    {"a command that is no number", "ST=32;CN=20x1;MN=A;CP=&&&&", "wire.hj212_field_bad"},
    {"a flag that is none", "ST=32;CN=2011;MN=A;Flag=999;CP=&&&&", "wire.hj212_field_bad"},
    {"a version from the future", "ST=32;CN=2011;MN=A;Flag=13;CP=&&&&", "wire.hj212_field_bad"},
    {"the 30th of February", "ST=32;CN=2011;MN=A;CP=&&DataTime=20160230085857;B01-Rtd=1&&", "wire.hj212_time_bad"},
    {"an hour of 24", "ST=32;CN=2011;MN=A;CP=&&DataTime=20160229240000;B01-Rtd=1&&", "wire.hj212_time_bad"},
    {"a time of 13 digits", "ST=32;CN=2011;MN=A;CP=&&DataTime=2016022908585;B01-Rtd=1&&", "wire.hj212_time_bad"},
};

static void refused(void)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        arena a = {0};
        heng_err err = {0};
        hj212_frame f = {0};
        check_fails(hj212_parse(&a, text_of(REFUSED[i].data), &f, &err), &err, REFUSED[i].id, REFUSED[i].says);
        arena_free(&a);
    }
    arena a = {0};
    heng_err err = {0};
    hj212_frame f;
    check(hj212_parse(&a, TEXT(HEAD "CP=&&DataTime=20160801085857;w01018-Rtd=2.2;w01018-Rtd=9.9&&"), &f, &err) && f.value_count == 2 && f.values[0].refused == &MSG_WIRE_HJ212_KEY_TWICE && f.values[1].refused, "a key twice with two values: neither is taken");
    text_buf many = {.a = &a};
    buf_str(&many, "CN=2011;MN=A;CP=&&");
    for (int i = 0; i <= HJ212_VALUES_MAX; i++) buf_str(&many, "a=1;");
    buf_str(&many, "&&");
    check_fails(hj212_parse(&a, buf_text(&many), &f, &err), &err, "wire.hj212_too_many", "more values than a frame may have");
    arena_free(&a);
}

static const struct { const char *says, *text; const char *want; unsigned odd; } TIMES[] = {
    {"fourteen digits", "20160801085857", "20160801085857", 0},
    {"seventeen digits", "20160801085857223", "20160801085857", HJ212_TIME_17},
    {"twelve digits", "201608010858", "20160801085800", HJ212_TIME_SHORT},
    {"written for people", "2016-08-01 08:58:57", "20160801085857", HJ212_BLANKS},
    {"a leap day", "20160229235959", "20160229235959", 0},
    {"no digits", "abc", NULL, 0},
    {"a month of 13", "20161301000000", NULL, 0},
    {"year 0", "00000101000000", NULL, 0},
};

static void times(void)
{
    arena a = {0};
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        int64_t s = 0;
        unsigned odd = 0;
        bool ok = hj212_time_parse(text_of(TIMES[i].text), &s, &odd);
        check(TIMES[i].want ? ok && odd == TIMES[i].odd && text_is(hj212_time_format(&a, s, -1), TIMES[i].want) : !ok, TIMES[i].says);
    }
    arena_free(&a);
}

static void answers(void)
{
    arena a = {0};
    heng_err err = {0};
    hj212_frame f = {0};
    check(hj212_parse(&a, TEXT("QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857&&"), &f, &err) && f.version == 2017 && f.wants_answer, "version 2017, an answer is wanted");
    text answer = hj212_answer(&a, &f, 9014, "");
    check(text_starts(answer, "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&"), "the answer of HJ 212-2017 table C.14");
    hj212_cut cut = hj212_next(answer.ptr, answer.len);
    check(cut.kind == HJ212_FRAME && cut.odd == 0 && cut.used == answer.len, "an answer is a whole frame itself");
    check(hj212_parse(&a, TEXT("QN=20040516010101001;ST=32;CN=2051;PW=123456;MN=88888880000001;Flag=1;CP=&&&&"), &f, &err) && f.version == 2005, "version 2005");
    size_t at;
    check(text_find(hj212_answer(&a, &f, 9014, ""), TEXT("CP=&&QN=20040516010101001;CN=2051&&"), &at), "an answer of 2005 names what it answers in CP");
    check(hj212_parse(&a, TEXT("QN=20260101000000000;ST=32;CN=2051;PW=1;MN=A;Flag=9;CP=&&&&"), &f, &err) && f.version == 2025, "version 2025");
    check(hj212_parse(&a, TEXT("QN=20160801085857534,ST=32;CN=2061;MN=A;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20160801080000&&"), &f, &err) && f.packets == 2 && f.packet == 1 && text_is(f.qn, "20160801085857534"), "packet 1 of 2, with the comma of the standard's example C.48");
    arena_free(&a);
}

/* A stream of the field's frames in pieces of any size gives the same frames as one piece. */
static void pieces(void)
{
    enum { FRAMES = 2000, PIECES = 5 };
    field f = {.state = 212, .codes = 3};
    for (int d = 1; d < FIELD_DEFECTS; d++) f.per_mille[d] = 30;
    arena a = {0};
    text_buf stream = {.a = &a};
    int sent[FIELD_DEFECTS] = {0};
    for (int i = 0; i < FRAMES; i++) {
        field_defect d = field_choose(&f);
        sent[d]++;
        buf_add(&stream, field_frame(&a, &f, d, TEXT("010000A8900016F000169DC0"), 2011, INT64_C(1700000000) + i));
    }
    text all = buf_text(&stream);
    size_t whole[2] = {0, 0};
    for (int round = 0; round < 2; round++) { /* at once; then in pieces */
        size_t from = 0, have = round ? 0 : all.len;
        while (from < all.len) {
            hj212_cut c = hj212_next(all.ptr + from, have - from);
            from += c.used;
            whole[round] += c.kind == HJ212_FRAME;
            if (c.kind != HJ212_WAIT) continue;
            if (have == all.len) break;
            have += (size_t)field_below(&f, 300) + 1;
            if (have > all.len) have = all.len;
        }
    }
    check(whole[0] == (size_t)(FRAMES - sent[FIELD_CRC_WRONG] - sent[FIELD_HALF]), "every frame of a messy stream is found, but for the damaged ones");
    check_int((int64_t)whole[1], (int64_t)whole[0], "and just so in pieces");
    arena_free(&a);
}

/* ---- Enciphered data ---- */

#define OPEN "QN=20260103101500123;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime=20260103101500;a21026-Rtd=12.5,a21026-Flag=N&&"

static void one_seal(hj212_seal_kind kind, const char *says)
{
    static const uint8_t key[17] = "0000000000000000", other[17] = "0000000000000001";
    arena a = {0};
    heng_err err = {0};
    hj212_frame f = {0};
    text open, frame = hj212_encode_sealed(&a, text_of(OPEN), key, kind);
    unsigned odd = 0;
    bool waits = true;
    for (size_t i = 7; i < frame.len - 2; i++) waits = waits && hj212_next(frame.ptr, i).kind == HJ212_WAIT;
    check(waits, says);
    text_buf two = {.a = &a};
    buf_add(&two, frame);
    buf_add(&two, frame);
    hj212_cut c = hj212_next(buf_text(&two).ptr, buf_text(&two).len);
    check(c.kind == HJ212_FRAME && c.used == frame.len && c.odd == HJ212_CRC_LATER && hj212_sealed(c.data) == kind, "it is cut whole, its CRC to be judged later");
    check_ok(hj212_parse(&a, hj212_head_only(&a, c.data), &f, &err), &err, "its head can be read");
    check(text_is(f.mn, "010000A8900016F000169DC0") && f.version == 2025 && f.value_count == 0, "and says who speaks");
    check(hj212_unseal(&a, c.data, key, &open) && text_is(open, OPEN), "the key opens it");
    check(hj212_crc_is(c.crc_seen.ptr, hj212_crc(open.ptr, open.len), &odd), "and its CRC is that of the open data");
    check(hj212_unseal(&a, c.data, other, &open) && !hj212_crc_is(c.crc_seen.ptr, hj212_crc(open.ptr, open.len), &odd), "with another key it is not");
    arena_free(&a);
}

static void seals(void)
{
    arena a = {0};
    text open;
    static const uint8_t key[17] = "msbE74gsiSHSEh5e";
    /* The first group of the standard's example of annex H: testuser:AezF0nZRs4kypuGO under this key is LG/m7lsFU/taig+vbQsDJX... in base64. */
    static const char want[] = "CP=&&\x2c\x6f\xe6\xee\x5b\x05\x53\xfb\x5a\x8a\x0f\xaf\x6d\x0b\x03\x25&&";
    check(hj212_unseal(&a, (text){want, sizeof want - 1}, key, &open) && text_is(open, "CP=&&testuser:AezF0nZ&&"), "the example of HJ 212-2025, annex H");
    one_seal(HJ212_SEALED_BYTES, "enciphered bytes wait for their length, whatever stands in them");
    one_seal(HJ212_SEALED_WRITTEN, "written as {0x..} they wait for their end");
    check(!hj212_unseal(&a, TEXT("CP=&&{0x01,0x02}&&"), key, &open), "half a group is refused");
    check(!hj212_unseal(&a, TEXT("CP=&&{0x01,0xZZ}&&"), key, &open) && !hj212_unseal(&a, TEXT("CP=&&{0x01,0x02&&"), key, &open), "and so is what is no byte, or does not end");
    check(hj212_sealed(TEXT(OPEN)) == HJ212_OPEN && hj212_sealed(TEXT("CP=&&&&")) == HJ212_OPEN, "open data is seen to be open");
    arena_free(&a);
}

int main(void)
{
    seals();
    crcs();
    cuts();
    endless();
    values();
    refused();
    times();
    answers();
    pieces();
    return check_done();
}
