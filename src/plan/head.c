/*
 * The head of a document: title, issuer, number, dates, region, covering notice against plan, and where the plan proper begins and ends.
 *
 * A plan is found by its title: what the notice names in 《》 behind 现将, else the first line (or two or three lines that layout broke) that ends in a
 * kind of plan (kinds.csv). The text between the title and the first heading is the preamble; documents named there are the basis.
 */
#include "inside.h"

typedef struct line { size_t start, end; text t; } line;
enum { HEAD_LINES = 60, TITLE_CHARS_MAX = 90 };

static bool next_line(text t, size_t *at, line *ret)
{
    if (*at >= t.len) return false;
    const char *stop = memchr(t.ptr + *at, '\n', t.len - *at);
    size_t end = stop ? (size_t)(stop - t.ptr) : t.len;
    *ret = (line){*at, end, text_trim_junk(text_part(t, *at, end))};
    *at = end + 1;
    return true;
}

static size_t head_lines(text t, line *lines, size_t max)
{
    size_t count = 0, at = 0;
    while (count < max && next_line(t, &at, &lines[count]))
        if (lines[count].t.len > 0) count++;
    return count;
}

/* The text between the first 《 and its 》. */
static text quoted(text t)
{
    size_t open, close;
    if (!text_find(t, TEXT("《"), &open)) return (text){"", 0};
    text rest = text_part(t, open + 3, t.len);
    int depth = 1;
    for (close = 0; close < rest.len; close += char_bytes(rest.ptr + close, rest.len - close)) {
        if (rest.len - close < 3) return (text){"", 0};
        if (memcmp(rest.ptr + close, "《", 3) == 0) depth++;
        if (memcmp(rest.ptr + close, "》", 3) == 0 && --depth == 0) return text_part(rest, 0, close);
    }
    return (text){"", 0};
}

static text bare_title(text t) /* a trailing (试行), (2022年本) does not hide the kind */
{
    t = text_trim_junk(t);
    if (text_ends(t, ")")) {
        size_t at = t.len;
        while (at > 0 && t.ptr[at - 1] != '(') at--;
        if (at > 1) t.len = at - 1;
    }
    if (text_ends(t, "》")) t.len -= 3;
    return text_trim_junk(t);
}

static text kind_of(const reading *r, text title)
{
    const plan_word *w = list_end(&r->rules->kinds, bare_title(title));
    return w ? w->cells[0] : (text){"", 0};
}

static bool has_heading_mark(text t)
{
    return text_starts(t, "一、") || text_starts(t, "第一") || text_starts(t, "(一)");
}

static bool is_notice_line(text t) { return text_ends(t, "的通知") || text_ends(t, "通知"); }

/* 2022年3月25日 alone in a line (a damaged one keeps its digits: 2023428); ISO, or empty. */
static text line_date(reading *r, text t)
{
    int64_t part[3] = {0};
    int n = 0;
    bool in_digits = false;
    size_t digits = 0;
    t = squeeze(r->a, t);
    for (size_t i = 0; i < t.len;) {
        if (is_digit(t.ptr[i])) {
            if (!in_digits && n++ >= 3) return (text){"", 0};
            part[n - 1] = part[n - 1] * 10 + (t.ptr[i] - '0');
            if (++digits > 8) return (text){"", 0};
            in_digits = true;
            i++;
            continue;
        }
        in_digits = false;
        text rest = text_part(t, i, t.len);
        if (!text_starts(rest, "年") && !text_starts(rest, "月") && !text_starts(rest, "日") && !text_starts(rest, "-") && !text_starts(rest, "印发")) return (text){"", 0};
        i += text_starts(rest, "印发") ? 6 : char_bytes(rest.ptr, rest.len);
    }
    if (n == 1 && digits >= 6 && digits <= 8 && part[0] / (digits == 8 ? 10000 : digits == 7 ? 1000 : 100) >= 1990) { /* 2023428: marks lost */
        int64_t year = part[0], rest = 1;
        while (year > 9999) { rest *= 10; year /= 10; }
        rest = part[0] % rest;
        part[0] = year;
        part[1] = digits == 7 && rest / 10 > 9 && rest / 10 <= 12 && rest % 10 > 0 ? rest / 10 : rest / (digits == 6 ? 10 : 100);
        part[2] = digits == 7 && part[1] == rest / 10 ? rest % 10 : rest % (digits == 6 ? 10 : 100);
        r->lost_marks = true;
        n = 3;
    }
    if (n != 3 || part[0] < 1949 || part[0] > 2100 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) return (text){"", 0};
    return text_of(arena_printf(r->a, "%04d-%02d-%02d", (int)part[0], (int)part[1], (int)part[2]));
}

static bool is_issuer_line(text t)
{
    static const char *const ENDS[] = {"人民政府", "办公厅", "办公室", "委员会", "人民政府办公厅", "人民政府办公室", "管理局", "厅", "局", "市委", "省委"};
    size_t at;
    if (text_chars(t) < 4 || text_chars(t) > 30 || text_find(t, TEXT(":"), &at) || text_find(t, TEXT(","), &at)) return false;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (text_ends(t, ENDS[i])) return true;
    return false;
}

/* A title broken over up to three lines: the lines joined. Returns the number of lines, 0 if line i begins no title that fits. */
static size_t joined_title(reading *r, const line *lines, size_t count, size_t i, bool notice, text *ret)
{
    text_buf b = {.a = r->a};
    if (text_starts(lines[i].t, "(") || (!notice && is_issuer_line(lines[i].t))) return 0;
    for (size_t k = 0; k < 3 && i + k < count; k++) {
        text t = lines[i + k].t;
        size_t stop;
        if (line_date(r, t).len) return 0;
        if (text_find(t, TEXT("。"), &stop) || text_ends(t, ":") || text_chars(t) > TITLE_CHARS_MAX || has_heading_mark(t)) return 0;
        buf_add(&b, t);
        text whole = squeeze(r->a, buf_text(&b));
        if (text_chars(whole) > TITLE_CHARS_MAX) return 0;
        bool fits = notice ? is_notice_line(whole) : kind_of(r, whole).len > 0 && !text_starts(whole, "附件");
        if (fits && text_chars(whole) >= 6) {
            *ret = whole;
            return k + 1;
        }
    }
    return 0;
}

/* 国发〔2021〕4号 in t; empty if there is none. *ret_at: its start. */
static text find_number(text t, size_t *ret_at)
{
    size_t open;
    for (size_t from = 0; from < t.len;) {
        bool square = text_find(text_part(t, from, t.len), TEXT("〔"), &open);
        if (!square) return (text){"", 0};
        size_t at = from + open, end = at + 3, start = at;
        while (end < t.len && is_digit(t.ptr[end])) end++;
        bool year = end - at - 3 == 4 && text_starts(text_part(t, end, t.len), "〕");
        end += 3;
        while (end < t.len && (is_digit(t.ptr[end]) || t.ptr[end] == ' ')) end++;
        while (start >= 3 && is_han(t, start - 3)) start -= 3;
        if (year && start < at && text_starts(text_part(t, end, t.len), "号")) {
            *ret_at = start;
            return text_part(t, start, end + 3);
        }
        from = at + 3;
    }
    return (text){"", 0};
}

static void take_number(reading *r, text t)
{
    size_t at;
    text n = find_number(t, &at);
    if (!n.len || r->doc->doc_number.len) return;
    bool labelled = text_find(t, TEXT("文号"), &at) || text_find(t, TEXT("字号"), &at) || text_find(t, TEXT("文?字?号"), &at);
    if (text_chars(t) > text_chars(n) + 4 && !labelled) return; /* stands in a sentence: another document's */
    r->doc->doc_number = squeeze(r->a, n);
}

/* The issuer that a title begins with: 天津市人民政府关于印发…; in 省政府办公厅关于… the name is short. */
static text title_issuer(text title)
{
    static const char *const VERBS[] = {"关于", "印发", "转发"};
    size_t at, best = title.len;
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (text_find(title, text_of(VERBS[i]), &at) && at > 0 && at < best) best = at;
    text head = best < title.len ? text_trim_junk(text_part(title, 0, best)) : (text){"", 0};
    while (head.len > 9 && !is_issuer_line(head) && !text_ends(head, "政府")) head.len = text_back(head, head.len); /* a string put in behind it */
    return is_issuer_line(head) || text_ends(head, "政府") ? head : (text){"", 0};
}

/* 朝阳 is a city, 朝阳区 is none of it: a short name does not end where the word of a level follows. */
static bool is_cut_short(text t, size_t n)
{
    static const char *const LEVELS[] = {"区", "县", "旗", "市", "州", "省"};
    text head = text_part(t, 0, n), rest = text_part(t, n, t.len);
    bool is_short = true, goes_on = false;
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (text_ends(head, LEVELS[i])) is_short = false;
        if (text_starts(rest, LEVELS[i])) goes_on = true;
    }
    return is_short && goes_on;
}

/* The longest name of a region that t begins with, inside another where one is given; its bytes, 0 if none. */
static size_t longest_region(const rule_set *r, text t, text within, int32_t *ret)
{
    for (size_t n = t.len; n >= 6; n = text_back(t, n)) {
        text head = text_part(t, 0, n);
        if (text_chars(head) > 14 || is_cut_short(t, n)) continue;
        *ret = within.len ? rule_region_find_in(r, head, within, INT32_MAX) : rule_region_find(r, head, INT32_MAX);
        if (*ret >= 0) return n;
    }
    return 0;
}

/* A name that ends as places do, where the table of regions does not know it: 石家庄市人民政府 -> 石家庄市. */
static text region_by_form(text t)
{
    static const char *const ENDS[] = {"自治区", "自治州", "省", "市", "县", "区"};
    size_t at, best = t.len, width = 0;
    if (text_starts(t, "中共")) t = text_part(t, 6, t.len);
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (text_find(t, text_of(ENDS[i]), &at) && at >= 6 && at <= 24 && at < best) best = at, width = strlen(ENDS[i]);
    return width ? text_part(t, 0, best + width) : (text){"", 0};
}

/* A place at the start: 天津市西青区 is two; the innermost known one gives the code. */
static void take_region(reading *r, text t)
{
    plan_doc *d = r->doc;
    size_t at = 0, n;
    int32_t i;
    text code = {"", 0};
    if (d->region.len || !r->regions) return;
    while (at < t.len && (n = longest_region(r->regions, text_part(t, at, t.len), code, &i)) != 0) {
        code = r->regions->regions[i].code;
        at += n;
    }
    if (!at || text_is(code, "100000")) return;
    d->region = text_part(t, 0, at);
    d->gbt2260 = code;
}

/* Inside a title only what cannot be a common word: no county (矿区, 老城区), no short name of a city (大同, 日照). */
static bool is_plain_inside(const reading *r, text t)
{
    int32_t i;
    size_t n = longest_region(r->regions, t, (text){"", 0}, &i);
    text level = n ? r->regions->regions[i].level : (text){"", 0};
    return text_is(level, "province") || (text_is(level, "prefecture") && text_equal(r->regions->regions[i].name.zh, text_part(t, 0, n)));
}

static void region_inside(reading *r, text t)
{
    for (size_t at = 0; at < t.len && !r->doc->region.len && r->regions; at += char_bytes(t.ptr + at, t.len - at))
        if (is_plain_inside(r, text_part(t, at, t.len))) take_region(r, text_part(t, at, t.len));
}

/* 省人民政府 names no place: the province that the text speaks of most. */
static void region_spoken(reading *r)
{
    plan_doc *d = r->doc;
    size_t best = 4;
    bool province = text_starts(d->issuer, "省");
    for (size_t i = 0; r->regions && i < r->regions->region_count && province; i++) {
        const rule_region *x = &r->regions->regions[i];
        text name = x->name.zh;
        if (!text_is(x->level, "province") || name.len < 9) continue;
        size_t n = count_of(d->clean, text_part(name, 0, name.len - 3));
        if (n > best) {
            best = n;
            d->region = name;
            d->gbt2260 = x->code;
        }
    }
}

/* The line of a date, and the lines above it that name who issued. */
static void take_signature(reading *r, const line *lines, size_t i)
{
    plan_doc *d = r->doc;
    text date = line_date(r, lines[i].t);
    size_t first = i;
    if (!date.len || d->issue_date.len) return;
    d->issue_date = date;
    while (first > 0 && is_issuer_line(squeeze(r->a, lines[first - 1].t))) first--;
    if (first == i || d->issuer.len) return;
    text_buf b = {.a = r->a};
    for (size_t k = first; k < i; k++) {
        if (b.len) buf_char(&b, ';');
        buf_add(&b, squeeze(r->a, lines[k].t));
    }
    d->issuer = buf_text(&b);
}

static void take_dates(reading *r, const line *lines, size_t count, size_t to)
{
    for (size_t i = 0; i < to && i < count; i++) take_signature(r, lines, i);
}

/* A notice that is itself the plan is signed at its end. */
static void take_end(reading *r)
{
    line lines[8] = {0};
    size_t count = 0, at = r->doc->body.start, end = r->doc->body.end;
    line l;
    while (at < end && next_line(r->doc->clean, &at, &l)) {
        if (!l.t.len || l.start >= end) continue;
        if (count == 8) memmove(lines, lines + 1, sizeof *lines * --count);
        lines[count++] = l;
    }
    take_dates(r, lines, count, count);
}

static void take_publish(reading *r, text t)
{
    static const char *const LABELS[] = {"发布日期:", "发布时间:", "公开日期:", "发文日期:", "成文日期:", "印发日期:"};
    size_t at;
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        if (!text_find(t, text_of(LABELS[i]), &at)) continue;
        text rest = text_trim(text_part(t, at + strlen(LABELS[i]), t.len));
        size_t end = 0;
        while (end < rest.len && (is_digit(rest.ptr[end]) || rest.ptr[end] == '-' || text_starts(text_part(rest, end, rest.len), "年") || text_starts(text_part(rest, end, rest.len), "月") ||
                                  text_starts(text_part(rest, end, rest.len), "日")))
            end += char_bytes(rest.ptr + end, rest.len - end);
        text date = line_date(r, text_part(rest, 0, end));
        if (!date.len) continue;
        if (i < 3 && !r->doc->publish_date.len) r->doc->publish_date = date;
        if (i >= 3 && !r->doc->issue_date.len) r->doc->issue_date = date;
    }
}

/* Documents named in the preamble: the number where one stands behind, else the title. */
static void take_basis(reading *r, text preamble)
{
    text_buf b = {.a = r->a};
    size_t at = 0, open;
    while (text_find(text_part(preamble, at, preamble.len), TEXT("《"), &open)) {
        text rest = text_part(preamble, at + open, preamble.len), name = quoted(rest);
        if (!name.len) break;
        size_t end = at + open + 3 + name.len + 3, start;
        text behind = text_part(preamble, end, end + 90);
        text number = text_starts(text_trim(behind), "(") ? find_number(behind, &start) : (text){"", 0};
        if (!text_equal(name, r->doc->title)) {
            if (b.len) buf_char(&b, ';');
            buf_add(&b, number.len ? squeeze(r->a, number) : name);
        }
        at = end;
    }
    r->doc->basis = buf_text(&b);
}

static size_t find_title(reading *r, const line *lines, size_t count, size_t *ret_lines)
{
    plan_doc *d = r->doc;
    text named = {"", 0};
    for (size_t i = 0; i < count; i++) {
        size_t at;
        if (text_find(lines[i].t, TEXT("现将"), &at) && quoted(text_part(lines[i].t, at, lines[i].t.len)).len) named = quoted(text_part(lines[i].t, at, lines[i].t.len));
    }
    for (size_t i = 0; i < count; i++) {
        text title;
        size_t n = joined_title(r, lines, count, i, false, &title);
        if (!n || (named.len && !text_equal(squeeze(r->a, named), title) && i + 1 < count && !text_ends(squeeze(r->a, named), title.ptr ? text_str(r->a, title) : ""))) continue;
        d->title = title;
        *ret_lines = n;
        text next = i + n < count ? lines[i + n].t : (text){"", 0};
        size_t year;
        if (text_starts(next, "(20") && text_ends(next, "年)") && !text_find(title, TEXT("("), &year)) { /* (2022—2025年) below the title */
            d->title = text_of(arena_printf(r->a, "%.*s%.*s", TEXT_FMT(title), TEXT_FMT(next)));
            *ret_lines = n + 1;
        }
        return i;
    }
    d->title = squeeze(r->a, named);
    *ret_lines = 0;
    return count;
}

static void find_notice(reading *r, const line *lines, size_t count, size_t title_at)
{
    for (size_t i = 0; i < count && i < title_at; i++) {
        text title;
        size_t n = joined_title(r, lines, count, i, true, &title), at;
        if (!n) continue;
        if (text_find(title, TEXT(":"), &at) && at < 30) title = text_part(title, at + 1, title.len);
        r->doc->notice_title = title;
        r->doc->notice = (plan_span){lines[i].start, title_at < count ? lines[title_at].start : lines[i + n - 1].end};
        return;
    }
}

/* The first line that belongs to the site, not to the document, behind the last third of the text. */
static size_t find_after(const reading *r, text t, size_t from)
{
    size_t at = 0;
    line l;
    while (next_line(t, &at, &l))
        if (l.start > from && l.start > t.len / 2 && list_start(&r->rules->sets[SET_AFTER], l.t)) return l.start;
    return t.len;
}

static size_t first_heading(text t, size_t from)
{
    size_t at = from;
    line l;
    while (next_line(t, &at, &l))
        if (has_heading_mark(l.t)) return l.start;
    size_t found;
    return text_find(text_part(t, from, t.len), TEXT("一、"), &found) ? from + found : from;
}

static void take_issuer(reading *r)
{
    plan_doc *d = r->doc;
    text of_notice = title_issuer(d->notice_title), of_title = title_issuer(d->title);
    text named = of_notice.len ? of_notice : of_title;
    size_t several;
    if (text_find(d->issuer, TEXT(";"), &several)) named = d->issuer;
    if (!d->issuer.len && text_ends(named, "省政府")) named = text_of(arena_printf(r->a, "%.*s人民政府", (int)(named.len - 6), named.ptr));
    if (!d->issuer.len || (named.len > d->issuer.len && text_ends(named, text_str(r->a, d->issuer)))) d->issuer = named.len ? named : d->issuer;
    take_region(r, d->issuer);
    take_region(r, d->title);
    take_region(r, d->notice_title);
    region_inside(r, d->title);
    region_inside(r, d->issuer);
    if (!d->region.len) d->region = region_by_form(d->issuer);
    if (!d->region.len && region_by_form(d->title).len <= 15) d->region = region_by_form(d->title);
    if (!d->region.len) region_spoken(r);
}

/* A plan without a date is not older than its period: 2021 for (2021—2025年) and for “十四五”. 0 if the title names none. */
static int title_year(const reading *r, text title)
{
    bool ok;
    for (size_t i = 0; i < title.len; i++) {
        const plan_word *w = list_start(&r->rules->years, text_part(title, i, title.len));
        int64_t last = w ? text_to_i64(w->cells[0], &ok) : 0;
        if (w && text_is(w->cells[1], "target")) return (int)last - 4;
        if (title.ptr[i] == '(' && i + 6 < title.len && text_starts(text_part(title, i + 1, title.len), "20") && is_digit(title.ptr[i + 3]) && is_digit(title.ptr[i + 4]))
            return (int)text_to_i64(text_part(title, i + 1, i + 5), &ok);
    }
    static const struct { const char *words; int year; } PERIODS[] = {{"十四五", 2021}, {"十五五", 2026}};
    size_t at;
    for (size_t i = 0; i < sizeof PERIODS / sizeof *PERIODS; i++)
        if (text_find(title, text_of(PERIODS[i].words), &at)) return PERIODS[i].year;
    return 0;
}

void read_head(reading *r)
{
    plan_doc *d = r->doc;
    line lines[HEAD_LINES];
    size_t count = head_lines(d->clean, lines, HEAD_LINES), title_lines;
    size_t title_at = find_title(r, lines, count, &title_lines), first = 0;
    find_notice(r, lines, count, title_at);
    size_t start = title_at < count ? lines[title_at + title_lines - 1].end : d->notice.end;
    size_t heading = first_heading(d->clean, start);
    for (size_t i = 0; i < count && lines[i].start < heading; i++) {
        take_number(r, lines[i].t);
        take_publish(r, lines[i].t);
        first = i + 1;
    }
    take_dates(r, lines, count, first);
    if (!d->title.len) d->title = squeeze(r->a, quoted(d->notice_title)); /* only the notice names it */
    d->kind = kind_of(r, d->title);
    take_basis(r, text_part(d->clean, start, heading));
    size_t after = find_after(r, d->clean, heading);
    d->body = (plan_span){start, after};
    d->after = (plan_span){after, d->clean.len};
    take_end(r);
    take_issuer(r);
    d->before = (plan_span){0, d->notice.end ? d->notice.start : title_at < count ? lines[title_at].start : 0};
    for (size_t i = 0; i < 4 && i < d->issue_date.len; i++) r->year = r->year * 10 + (d->issue_date.ptr[i] - '0');
    size_t at;
    text n = find_number(d->doc_number, &at);
    if (!r->year && n.len && text_find(n, TEXT("〔"), &at))
        for (size_t i = 0; i < 4; i++) r->year = r->year * 10 + (n.ptr[at + 3 + i] - '0');
    if (!r->year) r->year = title_year(r, d->title);
}
