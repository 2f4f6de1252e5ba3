/*
 * Frames as the field sends them: made from a seed, with defects at given rates. No captured data: the kinds of defects were learnt from public
 * codecs and their reports; devices, values and times are invented.
 */
#ifndef HJ212_FIELD_H
#define HJ212_FIELD_H
#include "hj212.h"

typedef enum field_defect {
    FIELD_NONE, FIELD_CRC_LOWER, FIELD_CRC_MISSING, FIELD_CRC_WRONG, FIELD_LENGTH_OFF, FIELD_NO_LINE_END, FIELD_TIME_17, FIELD_TIME_FAR, FIELD_KEY_TWICE,
    FIELD_VALUE_131072, FIELD_VALUE_TEXT, FIELD_HALF, FIELD_GBK, FIELD_BLANKS, FIELD_NOISE, FIELD_DEFECTS
} field_defect;

typedef struct field {
    uint64_t state;                  /* the seed; any but 0 */
    int per_mille[FIELD_DEFECTS];    /* of frames; FIELD_NONE is the rest */
    int codes;                       /* values of a frame: 1..8 */
} field;

static inline uint64_t field_next(field *f) /* xorshift64* */
{
    f->state ^= f->state >> 12;
    f->state ^= f->state << 25;
    f->state ^= f->state >> 27;
    return f->state * UINT64_C(2685821657736338717);
}

static inline int field_below(field *f, int n)
{
    return (int)(field_next(f) >> 33) % n;
}

static inline field_defect field_choose(field *f)
{
    int at = field_below(f, 1000);
    for (int d = 1; d < FIELD_DEFECTS; d++) {
        if (at < f->per_mille[d]) return (field_defect)d;
        at -= f->per_mille[d];
    }
    return FIELD_NONE;
}

static inline const char *field_value(arena *a, field *f, field_defect d, int i)
{
    if (i == 0 && d == FIELD_VALUE_131072) return "131072";
    if (i == 0 && d == FIELD_VALUE_TEXT) return "--";
    return arena_printf(a, "%d.%02d", field_below(f, 200), field_below(f, 100));
}

/* The data of one frame of a device at a local second. */
static inline text field_data(arena *a, field *f, field_defect d, text mn, int cn, int64_t local_s)
{
    static const char *const CODES[] = {"w01018", "w21003", "w21011", "w01001", "w00000", "a21026", "a21002", "a34013"};
    const char *what = cn == 2011 ? "Rtd" : "Avg";
    text_buf b = {.a = a};
    int64_t time_s = d == FIELD_TIME_FAR ? local_s + 40 * INT64_C(365) * 86400 : local_s;
    text stamp = hj212_time_format(a, time_s, d == FIELD_TIME_17 ? 0 : -1), qn = hj212_time_format(a, local_s, field_below(f, 1000));
    buf_printf(&b, "QN=%.*s;ST=32;CN=%d;PW=123456;MN=%.*s;Flag=5;CP=&&DataTime=%.*s", TEXT_FMT(qn), cn, TEXT_FMT(mn), TEXT_FMT(stamp));
    for (int i = 0; i < f->codes; i++) buf_printf(&b, ";%s-%s=%s,%s-Flag=N%s", CODES[i], what, field_value(a, f, d, i), CODES[i], d == FIELD_BLANKS ? " " : "");
    if (d == FIELD_KEY_TWICE) buf_printf(&b, ";%s-%s=999.9", CODES[0], what);
    if (d == FIELD_GBK) buf_str(&b, ";i13013-Info=\xb3\xac\xb1\xea"); /* 超标 */
    buf_str(&b, "&&");
    return buf_text(&b);
}

/* The bytes that the device sends. */
static inline text field_frame(arena *a, field *f, field_defect d, text mn, int cn, int64_t local_s)
{
    text data = field_data(a, f, d, mn, cn, local_s), whole = hj212_encode(a, data);
    unsigned crc = hj212_crc(data.ptr, data.len);
    int length = (int)data.len + (d == FIELD_LENGTH_OFF ? (field_below(f, 2) ? 1 : -1) : 0);
    const char *end = d == FIELD_NO_LINE_END ? "" : "\r\n";
    if (d == FIELD_HALF) return (text){whole.ptr, whole.len / 2};
    if (d == FIELD_CRC_MISSING) return text_of(arena_printf(a, "##%04d%.*s\r\n", length, TEXT_FMT(data)));
    if (d == FIELD_CRC_WRONG) crc ^= 0x1234;
    if (d == FIELD_NOISE) return text_of(arena_printf(a, "AT+CSQ\r\nOK\r\n%.*s", TEXT_FMT(whole)));
    return text_of(arena_printf(a, d == FIELD_CRC_LOWER ? "##%04d%.*s%04x%s" : "##%04d%.*s%04X%s", length, TEXT_FMT(data), crc, end));
}
#endif
