/* HJ 212 frames: cut off a stream, read, written. See hj212.h. */
#include "hj212.h"
#include "format.h"
#include "messages.h"

static const hj212_command COMMANDS[] = { /* what devices send; HJ 212-2017 table 9, and public codecs of 2025 for 2013, 2052, 2062, 2111, 9015 */
    {1011, HJ212_OTHER, 0, "its time", "现场机时间"}, {1013, HJ212_NOTICE, 0, "asks for the time", "时间校准请求"}, {1061, HJ212_OTHER, 0, "interval of real-time data", "实时数据间隔"},
    {1063, HJ212_OTHER, 0, "interval of minute data", "分钟数据间隔"}, {2011, HJ212_DATA, 0, "real time", "实时数据"}, {2013, HJ212_DATA, 0, "raw data", "原始监测数据"},
    {2021, HJ212_DATA, 0, "state of equipment", "设备运行状态"}, {2031, HJ212_DATA, 86400, "days", "日历史数据"}, {2041, HJ212_DATA, 86400, "running time of equipment", "设备运行时间"},
    {2051, HJ212_DATA, 60, "minutes", "分钟数据"}, {2052, HJ212_DATA, 0, "single measurement of noise", "噪声单次测量"}, {2061, HJ212_DATA, 3600, "hours", "小时数据"},
    {2062, HJ212_DATA, 0, "check against a standard sample", "标样核查"}, {2081, HJ212_OTHER, 0, "time of its start", "数采仪开机时间"}, {2111, HJ212_DATA, 0, "furnace temperature", "炉膛温度"},
    {1001, HJ212_OTHER, 0, "serial number", "数采仪硬件序号"}, {1014, HJ212_OTHER, 0, "asks for a key", "获取新密钥"}, {3015, HJ212_OTHER, 0, "sample kept", "超标留样"}, {3017, HJ212_OTHER, 0, "sampling period", "采样时间周期"}, {3018, HJ212_OTHER, 0, "sampling time", "出样时间"},
    {3019, HJ212_OTHER, 0, "identity of equipment", "设备唯一标识"}, {3020, HJ212_OTHER, 0, "information", "现场机信息"}, {9011, HJ212_ANSWER, 0, "request heard", "请求应答"},
    {9012, HJ212_ANSWER, 0, "request done", "执行结果"}, {9013, HJ212_ANSWER, 0, "notice heard", "通知应答"}, {9014, HJ212_ANSWER, 0, "data heard", "数据应答"}, {9015, HJ212_HEARTBEAT, 0, "heartbeat", "心跳包"},
};

const hj212_command *hj212_command_of(int cn)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (COMMANDS[i].cn == cn) return &COMMANDS[i];
    return NULL;
}

uint16_t hj212_crc(const char *bytes, size_t len)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < len; i++) {
        crc = (crc >> 8) ^ (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
    }
    return (uint16_t)crc;
}

/* What some devices compute instead: the CRC of Modbus, which keeps the low byte in the first step. */
static uint16_t modbus_crc(const char *bytes, size_t len)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
    }
    return (uint16_t)crc;
}

/* ---- Frames off a stream ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_of(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hj212_crc_is(const char *digits, uint16_t crc, unsigned *odd)
{
    unsigned seen = 0, how = 0;
    for (int i = 0; i < 4; i++) {
        int h = hex_of(digits[i]);
        if (h < 0) return false;
        if (digits[i] >= 'a') how |= HJ212_CRC_LOWER;
        seen = seen << 4 | (unsigned)h;
    }
    if (seen != crc) {
        if (((seen & 0xFF) << 8 | seen >> 8) != crc) return false;
        how |= HJ212_CRC_SWAPPED;
    }
    *odd |= how;
    return true;
}

/* The four digits behind the data. */
static bool crc_fits(const char *body, size_t data_len, unsigned *odd)
{
    unsigned how = *odd | HJ212_CRC_MODBUS;
    if (hj212_crc_is(body + data_len, hj212_crc(body, data_len), odd)) return true;
    if (!hj212_crc_is(body + data_len, modbus_crc(body, data_len), &how)) return false;
    *odd = how;
    return true;
}

/* Where the frame's text ends by itself: at a line end or at the next ##. */
static bool find_end(const char *body, size_t have, size_t *ret)
{
    for (size_t i = 0; i < have; i++) {
        if (body[i] == '\r' || body[i] == '\n' || (body[i] == '#' && i + 1 < have && body[i + 1] == '#')) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static size_t line_end_at(const char *bytes, size_t at, size_t len)
{
    size_t end = at;
    while (end < len && end < at + 2 && (bytes[end] == '\r' || bytes[end] == '\n')) end++;
    return end;
}

static hj212_cut whole(const char *bytes, size_t len, size_t data_len, size_t crc_len, unsigned odd)
{
    size_t end = 6 + data_len + crc_len, used = line_end_at(bytes, end, len);
    return (hj212_cut){.kind = HJ212_FRAME, .used = used, .data = {bytes + 6, data_len}, .odd = odd | (used == end ? HJ212_NO_LINE_END : 0), .crc_seen = {bytes + 6 + data_len, crc_len}};
}

/* The stated length does not lead to a CRC: the text up to its own end may still be a frame. */
static hj212_cut by_end(const char *bytes, size_t len, size_t end, size_t said)
{
    const char *body = bytes + 6;
    unsigned odd = 0;
    if (end >= 4 && crc_fits(body, end - 4, &odd)) return whole(bytes, len, end - 4, 4, odd | HJ212_LENGTH_OFF);
    if (end >= 2 && body[end - 1] == '&' && body[end - 2] == '&') return whole(bytes, len, end, 0, HJ212_CRC_MISSING | (end == said ? 0 : HJ212_LENGTH_OFF));
    size_t data_len = end >= 4 ? end - 4 : end;
    return (hj212_cut){.kind = HJ212_CRC_WRONG, .used = line_end_at(bytes, 6 + end, len), .data = {body, data_len}, .crc = hj212_crc(body, data_len), .crc_seen = {body + data_len, end - data_len}};
}

static bool ends_sealed(const char *body, size_t len)
{
    return len >= 6 && body[len - 6] == '&' && body[len - 5] == '&' && hex_of(body[len - 4]) >= 0 && hex_of(body[len - 3]) >= 0 && hex_of(body[len - 2]) >= 0 && hex_of(body[len - 1]) >= 0;
}

/* Enciphered data: bytes are cut by the stated length, for any byte may stand in them; those written as {0x..} by their end. False: cut as open data. */
static bool cut_sealed(const char *bytes, size_t len, size_t said, hj212_cut *ret)
{
    const char *body = bytes + 6;
    size_t have = len - 6, end = said + 4;
    hj212_seal_kind kind = hj212_sealed((text){body, have < said ? have : said});
    *ret = (hj212_cut){.kind = len >= HJ212_FRAME_MAX ? HJ212_ENDLESS : HJ212_WAIT, .used = len >= HJ212_FRAME_MAX ? len : 0};
    if (kind == HJ212_OPEN) return false;
    if (kind == HJ212_SEALED_WRITTEN && !find_end(body, have, &end)) return len >= HJ212_FRAME_MAX;
    if (kind == HJ212_SEALED_BYTES && have < end) return true;
    if (!ends_sealed(body, end)) return false;
    *ret = whole(bytes, len, end - 4, 4, HJ212_CRC_LATER);
    return true;
}

/* bytes begin with ## and four digits. */
static hj212_cut cut_frame(const char *bytes, size_t len)
{
    const char *body = bytes + 6;
    size_t have = len - 6, said = 0, end;
    for (int i = 2; i < 6; i++) said = said * 10 + (size_t)(bytes[i] - '0');
    unsigned odd = 0;
    if (have >= said + 4 && crc_fits(body, said, &odd)) return whole(bytes, len, said, 4, odd);
    hj212_cut sealed;
    if (cut_sealed(bytes, len, said, &sealed)) return sealed;
    if (find_end(body, have, &end)) return by_end(bytes, len, end, said);
    if (len >= HJ212_FRAME_MAX) return (hj212_cut){.kind = HJ212_ENDLESS, .used = len};
    return (hj212_cut){.kind = HJ212_WAIT};
}

hj212_cut hj212_next(const char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && !(bytes[at] == '#' && (at + 1 == len || bytes[at + 1] == '#'))) at++;
    if (at > 0) return (hj212_cut){.kind = HJ212_JUNK, .used = at};
    size_t have = len < 6 ? len : 6, digits = 2;
    if (have == 6 && bytes[2] == '#') return (hj212_cut){.kind = HJ212_JUNK, .used = 1};
    while (digits < have && is_digit(bytes[digits])) digits++;
    if (have > 2 && digits < have) return (hj212_cut){.kind = HJ212_JUNK, .used = bytes[2] == '#' ? 1 : 2};
    return len < 6 ? (hj212_cut){.kind = HJ212_WAIT} : cut_frame(bytes, len);
}

/* ---- A frame's data ---- */

static bool number_of(text t, int digits_max, int *ret)
{
    if (t.len == 0 || t.len > (size_t)digits_max) return false;
    int n = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (!is_digit(t.ptr[i])) return false;
        n = n * 10 + (t.ptr[i] - '0');
    }
    *ret = n;
    return true;
}

static text without(arena *a, text t, const char *unwanted)
{
    char *out = arena_alloc(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++)
        if (!strchr(unwanted, t.ptr[i])) out[len++] = t.ptr[i];
    return (text){out, len};
}

static int two(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

bool hj212_time_parse(text t, int64_t *ret_local_s, unsigned *odd)
{
    char digits[18];
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (is_digit(t.ptr[i])) {
            if (len == 17) return false;
            digits[len++] = t.ptr[i];
        } else if (strchr(" -:/T.", t.ptr[i])) *odd |= HJ212_BLANKS;
        else return false;
    }
    if (len != 14 && len != 17 && len != 12) return false;
    *odd |= len == 17 ? HJ212_TIME_17 : len == 12 ? HJ212_TIME_SHORT : 0;
    int year = two(digits) * 100 + two(digits + 2), month = two(digits + 4), day = two(digits + 6), y, m, d;
    int hour = two(digits + 8), minute = two(digits + 10), second = len == 12 ? 0 : two(digits + 12);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return false;
    int32_t number = day_from(year, month, day);
    day_split(number, &y, &m, &d);
    if (m != month || d != day) return false; /* 30 February */
    *ret_local_s = (int64_t)number * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

text hj212_time_format(arena *a, int64_t local_s, int ms)
{
    int64_t day = local_s / 86400 - (local_s % 86400 < 0), second = local_s - day * 86400;
    int y, m, d;
    day_split((int32_t)day, &y, &m, &d);
    const char *s = arena_printf(a, "%04d%02d%02d%02d%02d%02d", y, m, d, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    return text_of(ms < 0 ? s : arena_printf(a, "%s%03d", s, ms));
}

/* Name and value of "name=value"; false when there is no =. */
static bool pair_split(text t, text *ret_name, text *ret_value)
{
    size_t at;
    if (!text_find(t, TEXT("="), &at)) return false;
    *ret_name = text_trim((text){t.ptr, at});
    *ret_value = text_trim((text){t.ptr + at + 1, t.len - at - 1});
    return true;
}

static bool read_flag(text value, hj212_frame *f, heng_err *err)
{
    if (!number_of(value, 3, &f->flag) || f->flag > 255) return err_fill_n(err, &MSG_WIRE_HJ212_FIELD_BAD, value.ptr, value.len, "0 - 255") || err_in_field(err, "Flag");
    return true;
}

static bool read_field(text name, text value, hj212_frame *f, heng_err *err)
{
    if (text_is(name, "QN")) f->qn = value;
    else if (text_is(name, "ST")) f->st = value;
    else if (text_is(name, "PW")) f->pw = value;
    else if (text_is(name, "MN")) f->mn = value;
    else if (text_is(name, "Flag")) return read_flag(value, f, err);
    else if (text_is(name, "CN") && !number_of(value, 4, &f->cn)) return err_fill_n(err, &MSG_WIRE_HJ212_FIELD_BAD, value.ptr, value.len, "1000 - 9999") || err_in_field(err, "CN");
    else if (text_is(name, "PNUM") && !number_of(value, 4, &f->packets)) return err_fill_n(err, &MSG_WIRE_HJ212_FIELD_BAD, value.ptr, value.len, "1 - 9999") || err_in_field(err, "PNUM");
    else if (text_is(name, "PNO") && !number_of(value, 4, &f->packet)) return err_fill_n(err, &MSG_WIRE_HJ212_FIELD_BAD, value.ptr, value.len, "1 - 9999") || err_in_field(err, "PNO");
    return true;
}

static bool read_head(text head, hj212_frame *f, heng_err *err)
{
    while (head.len) {
        size_t end = 0;
        while (end < head.len && head.ptr[end] != ';' && head.ptr[end] != ',') end++; /* the standard's own example C.48 has a comma */
        text name, value;
        if (pair_split((text){head.ptr, end}, &name, &value) && !read_field(name, value, f, err)) return false;
        head = end < head.len ? (text){head.ptr + end + 1, head.len - end - 1} : (text){head.ptr + end, 0};
    }
    return true;
}

/* The text between CP=&& and the last &&; false when there is none. */
static bool find_cp(text data, text *ret_head, text *ret_cp)
{
    size_t at;
    if (!text_find(data, TEXT("CP=&&"), &at)) return false;
    *ret_head = (text){data.ptr, at};
    text cp = {data.ptr + at + 5, data.len - at - 5};
    size_t end = cp.len;
    while (end >= 2 && !(cp.ptr[end - 1] == '&' && cp.ptr[end - 2] == '&')) end--;
    if (end < 2) return false;
    *ret_cp = (text){cp.ptr, end - 2};
    return true;
}

static bool read_pairs(arena *a, text cp, hj212_frame *f, heng_err *err)
{
    hj212_pair *pairs = NULL;
    size_t count = 0, max = 0;
    while (cp.len) {
        size_t end = 0;
        while (end < cp.len && cp.ptr[end] != ';' && cp.ptr[end] != ',') end++;
        text name, value;
        if (pair_split((text){cp.ptr, end}, &name, &value)) {
            if (count == HJ212_VALUES_MAX) return err_fill(err, &MSG_WIRE_HJ212_TOO_MANY, NULL, arena_printf(a, "%d", HJ212_VALUES_MAX), NULL);
            *ARENA_PUSH(a, pairs, count, max) = (hj212_pair){name, value};
        }
        cp = end < cp.len ? (text){cp.ptr + end + 1, cp.len - end - 1} : (text){cp.ptr + end, 0};
    }
    f->pairs = pairs;
    f->pair_count = count;
    return true;
}

text hj212_pair_of(const hj212_frame *f, const char *name)
{
    for (size_t i = 0; i < f->pair_count; i++)
        if (text_is(f->pairs[i].name, name)) return f->pairs[i].value;
    return (text){0};
}

/* code-what of a name; names without a dash ("DataTime") are no values. */
static bool name_split(text name, text *ret_code, text *ret_what)
{
    size_t at;
    if (!text_find(name, TEXT("-"), &at) || at == 0 || at + 1 == name.len) return false;
    *ret_code = text_trim((text){name.ptr, at});
    *ret_what = text_trim((text){name.ptr + at + 1, name.len - at - 1});
    return ret_code->len > 0 && ret_what->len > 0;
}

/* Marks and texts about a value, not values. */
static bool is_about(text what)
{
    static const char *const ABOUT[] = {"Flag", "EFlag", "SampleTime", "CompleteTime", "SampleType", "Info", "SN", "ResultType"};
    for (size_t i = 0; i < sizeof ABOUT / sizeof *ABOUT; i++)
        if (text_is(what, ABOUT[i])) return true;
    return false;
}

static const heng_message *twice_or_none(const hj212_value *values, const uint64_t *hashes, size_t count, hj212_value *v, uint64_t h, bool *ret_same)
{
    for (size_t i = 0; i < count; i++) {
        if (hashes[i] != h || !text_equal(values[i].code, v->code) || !text_equal(values[i].what, v->what)) continue;
        *ret_same = text_equal(values[i].value, v->value);
        return *ret_same ? NULL : &MSG_WIRE_HJ212_KEY_TWICE;
    }
    return NULL;
}

static text flag_of(const hj212_frame *f, size_t from, text code)
{
    for (size_t k = 0; k < f->pair_count; k++) {
        const hj212_pair *p = &f->pairs[(from + k) % f->pair_count]; /* it mostly stands right behind its value */
        text other, what;
        if (text_ends(p->name, "-Flag") && name_split(p->name, &other, &what) && text_equal(other, code)) return p->value;
    }
    return (text){0};
}

static void read_values(arena *a, hj212_frame *f)
{
    hj212_value *values = NEW_ARRAY(a, f->pair_count + 1, hj212_value);
    uint64_t *hashes = NEW_ARRAY(a, f->pair_count + 1, uint64_t);
    size_t count = 0;
    for (size_t i = 0; i < f->pair_count; i++) {
        hj212_value v = {.value = f->pairs[i].value};
        if (!name_split(f->pairs[i].name, &v.code, &v.what) || is_about(v.what)) continue;
        uint64_t h = text_hash(f->pairs[i].name);
        bool is_same = false;
        v.refused = twice_or_none(values, hashes, count, &v, h, &is_same);
        if (is_same || v.refused) f->odd |= HJ212_KEY_TWICE;
        if (is_same) continue;
        if (v.refused)
            for (size_t k = 0; k < count; k++)
                if (hashes[k] == h && text_equal(values[k].code, v.code) && text_equal(values[k].what, v.what)) values[k].refused = v.refused;
        v.flag = count && text_equal(values[count - 1].code, v.code) ? values[count - 1].flag : flag_of(f, i, v.code);
        hashes[count] = h;
        values[count++] = v;
    }
    f->values = values;
    f->value_count = count;
}

static bool read_time(hj212_frame *f, heng_err *err)
{
    text t = hj212_pair_of(f, "DataTime");
    if (t.len == 0) return true;
    f->has_time = hj212_time_parse(t, &f->time_s, &f->odd);
    return f->has_time || err_fill_n(err, &MSG_WIRE_HJ212_TIME_BAD, t.ptr, t.len, "YYYYMMDDhhmmss") || err_in_field(err, "DataTime");
}

static bool has_blank(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] == ' ' || t.ptr[i] == '\t') return true;
    return false;
}

static bool read_versions(hj212_frame *f, heng_err *err)
{
    static const int VERSIONS[] = {2005, 2017, 2025};
    int bits = f->flag < 0 ? 0 : f->flag >> 2;
    if (bits > 2) return err_fill(err, &MSG_WIRE_HJ212_FIELD_BAD, "Flag", "0 - 11", NULL);
    f->version = VERSIONS[bits];
    f->wants_answer = f->flag > 0 && (f->flag & 1);
    return true;
}

bool hj212_parse(arena *a, text data, hj212_frame *ret, heng_err *err)
{
    hj212_frame f = {.flag = -1};
    size_t bad_at;
    int encoding;
    if (!text_is_utf8(data, &bad_at)) {
        f.odd |= HJ212_GBK;
        if (!text_decode(a, data.ptr, data.len, &data, &encoding, err)) return false;
    }
    text head, cp;
    if (!find_cp(data, &head, &cp)) return err_fill(err, &MSG_WIRE_HJ212_NO_FIELD, "CP", NULL, NULL);
    if (has_blank(head) || has_blank(cp)) f.odd |= HJ212_BLANKS;
    if (f.odd & HJ212_BLANKS) cp = without(a, cp, " \t");
    if (!read_head(head, &f, err)) return false;
    if (f.mn.len == 0) return err_fill(err, &MSG_WIRE_HJ212_NO_FIELD, "MN", NULL, NULL);
    if (f.cn == 0) return err_fill(err, &MSG_WIRE_HJ212_NO_FIELD, "CN", NULL, NULL);
    if (!read_versions(&f, err) || !read_pairs(a, cp, &f, err) || !read_time(&f, err)) return false;
    read_values(a, &f);
    *ret = f;
    return true;
}

/* ---- Frames out ---- */

text hj212_encode(arena *a, text data)
{
    must(data.len <= HJ212_DATA_MAX);
    return text_of(arena_printf(a, "##%04d%.*s%04X\r\n", (int)data.len, TEXT_FMT(data), hj212_crc(data.ptr, data.len)));
}

text hj212_answer(arena *a, const hj212_frame *f, int cn, const char *cp)
{
    text_buf b = {.a = a};
    if (f->qn.len) buf_printf(&b, "QN=%.*s;", TEXT_FMT(f->qn));
    buf_printf(&b, "ST=91;CN=%d;", cn);
    if (f->pw.len) buf_printf(&b, "PW=%.*s;", TEXT_FMT(f->pw));
    buf_printf(&b, "MN=%.*s;", TEXT_FMT(f->mn));
    if (f->flag >= 0) buf_printf(&b, "Flag=%d;", f->flag & ~3);
    bool is_2005 = f->version == 2005 && f->qn.len && (cn == 9013 || cn == 9014); /* there the answer names what it answers in CP */
    if (is_2005) buf_printf(&b, "CP=&&QN=%.*s;CN=%d%s%s&&", TEXT_FMT(f->qn), f->cn, *cp ? ";" : "", cp);
    else buf_printf(&b, "CP=&&%s&&", cp);
    text data = buf_text(&b);
    if (data.len > HJ212_DATA_MAX) data = TEXT("ST=91;CN=9011;CP=&&QnRtn=100&&"); /* fields longer than any answer can repeat */
    return hj212_encode(a, data);
}
