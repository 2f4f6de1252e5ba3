/* JSON readings in, verdicts out. See http_body.h. */
#include "http_body.h"
#include <stdio.h>
#include "format.h"
#include "json.h"
#include "messages.h"
#include "sheet.h"
#include "when.h"

static bool is_word(const json *n)
{
    return n && (n->kind == JSON_STRING || n->kind == JSON_NUMBER || n->kind == JSON_BOOL) && n->value.len > 0;
}

static wire_verdict refuse(const heng_message *why, text other)
{
    return (wire_verdict){.status = WIRE_REFUSED, .why = why, .other = other};
}

static wire_verdict read_item(arena *a, const json *n, const cal_zone *z, wire_reading *ret)
{
    const json *channel = json_get(n, "channel"), *t = json_get(n, "time"), *value = json_get(n, "value"), *flag = json_get(n, "flag");
    if (!is_word(channel)) return refuse(&MSG_WIRE_HTTP_NO_FIELD, TEXT("channel"));
    ret->address = text_of(arena_printf(a, "http:%.*s", TEXT_FMT(channel->value)));
    if (is_word(value)) ret->value = value->value;
    if (is_word(flag)) ret->flag = flag->value;
    if (!is_word(value)) return refuse(&MSG_WIRE_HTTP_NO_FIELD, TEXT("value"));
    if (!is_word(t)) return refuse(&MSG_WIRE_HTTP_NO_FIELD, TEXT("time"));
    if (!wire_time_parse(z, t->value, &ret->time_us)) return refuse(&MSG_WIRE_HTTP_TIME, t->value);
    return (wire_verdict){.status = WIRE_TAKEN};
}

bool http_body_read(arena *a, text body, const cal_zone *z, size_t readings_max, http_items *ret, heng_err *err)
{
    const json *root;
    if (!json_parse(a, body, &root, err)) return false;
    if (root->kind == JSON_OBJECT) root = json_get(root, "readings");
    if (!root || root->kind != JSON_ARRAY) return err_fill(err, &MSG_WIRE_HTTP_SHAPE, NULL, NULL, NULL);
    if (root->count > readings_max) {
        char seen[24], wanted[24];
        snprintf(seen, sizeof seen, "%zu", root->count);
        snprintf(wanted, sizeof wanted, "%zu", readings_max);
        return err_fill(err, &MSG_WIRE_HTTP_MANY, seen, wanted, NULL);
    }
    size_t i = 0;
    *ret = (http_items){.count = root->count, .readings = NEW_ARRAY(a, root->count + 1, wire_reading), .verdicts = NEW_ARRAY(a, root->count + 1, wire_verdict), .sent = NEW_ARRAY(a, root->count + 1, size_t)};
    for (const json *n = root->first; n; n = n->next, i++) {
        ret->verdicts[i] = read_item(a, n, z, &ret->readings[i]);
        if (ret->verdicts[i].status != WIRE_REFUSED) ret->sent[ret->sent_count++] = i;
    }
    return true;
}

static const char *const STATUS[] = {"taken", "exists", "replaced", "flagged", "held", "refused"};

static void add_verdict(text_buf *b, const wire_reading *r, const wire_verdict *v, heng_lang lang)
{
    buf_printf(b, "{\"status\": \"%s\"", STATUS[v->status]);
    if (v->why) {
        heng_err err;
        char reason[1024];
        wire_fill_refusal(&err, r, v);
        err_format_reason(&err, lang, reason, sizeof reason);
        buf_printf(b, ", \"message\": \"%s\", \"reason\": ", v->why->id);
        json_string(b, text_of(reason));
    }
    buf_char(b, '}');
}

text http_answer(arena *a, const http_items *items, heng_lang lang)
{
    text_buf b = {.a = a};
    int64_t counts[WIRE_STATUSES] = {0};
    for (size_t i = 0; i < items->count; i++) counts[items->verdicts[i].status]++;
    buf_printf(&b, "{\"readings\": %zu", items->count);
    for (int s = 0; s < WIRE_STATUSES; s++) buf_printf(&b, ", \"%s\": %lld", STATUS[s], (long long)counts[s]);
    buf_str(&b, ", \"verdicts\": [");
    for (size_t i = 0; i < items->count; i++) {
        if (i) buf_str(&b, ", ");
        add_verdict(&b, &items->readings[i], &items->verdicts[i], lang);
    }
    buf_str(&b, "]}\n");
    return buf_text(&b);
}

text http_error(arena *a, const heng_err *err, heng_lang lang)
{
    text_buf b = {.a = a};
    char line[2048];
    err_format_reason(err, lang, line, sizeof line);
    buf_printf(&b, "{\"message\": \"%s\", \"reason\": ", err->message->id);
    json_string(&b, text_of(line));
    if (err->row) buf_printf(&b, ", \"line\": %lld", (long long)err->row);
    if (err->column) buf_printf(&b, ", \"column\": %lld", (long long)err->column);
    buf_str(&b, "}\n");
    return buf_text(&b);
}
