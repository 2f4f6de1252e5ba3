/* heng intake listen, device, topic, source, list: readings that come over a wire. */
#include <pthread.h>
#include <signal.h>
#include "listen.h"
#include "ops_internal.h"

enum { LINES_KEPT = 200, CLOSE_EVERY_S = 60 };

typedef struct log_lines { pthread_mutex_t lock; ops_call *call; heng_err kept[LINES_KEPT]; size_t count; int64_t dropped; } log_lines;

/* Called by the threads of the ways in; the operation's own thread shows it. */
static void hear(void *context, const heng_err *what)
{
    log_lines *log = context;
    pthread_mutex_lock(&log->lock);
    if (log->count < LINES_KEPT) log->kept[log->count++] = *what;
    else log->dropped++;
    pthread_mutex_unlock(&log->lock);
}

static text clock_text(ops_call *c)
{
    text t = instant_format(c->a, book_zone(c->book), now_us());
    return t.len > 19 ? text_of(arena_printf(c->a, "%.10s %.8s", t.ptr, t.ptr + 11)) : t;
}

static void show_log(ops_call *c, log_lines *log)
{
    char line[2048];
    pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < log->count; i++) {
        err_format(&log->kept[i], c->lang, line, sizeof line);
        text_buf one = {.a = c->a};
        for (const char *p = line; *p; p++) { /* one line each, the hint with it */
            if (*p == '\n') buf_str(&one, c->lang == HENG_ZH ? "；" : "; ");
            else buf_char(&one, *p);
        }
        say(c, "%.*s %.*s", "%.*s %.*s", TEXT_FMT(clock_text(c)), TEXT_FMT(buf_text(&one)));
    }
    if (log->dropped) say(c, "%.*s 另有 %lld 行未列出", "%.*s and %lld more lines", TEXT_FMT(clock_text(c)), (long long)log->dropped);
    bool has_lines = log->count || log->dropped;
    log->count = 0;
    log->dropped = 0;
    pthread_mutex_unlock(&log->lock);
    if (has_lines && c->flush) c->flush(c);
}

static shown_field counted(ops_call *c, const char *id, const char *zh, const char *en, int64_t n)
{
    return (shown_field){id, zh, en, number_text(c->a, n), true};
}

static shown_field port_field(ops_call *c, const char *id, const char *zh, const char *en, int port)
{
    return (shown_field){id, zh, en, port ? number_text(c->a, port) : (text){0}, true};
}

/* For programs, when all is over: what was open, what came, and why something was refused. */
static void show_totals(ops_call *c, const listen_state *s, const wire_counts *n)
{
    const shown_field fields[] = {
        port_field(c, "hj212_port", "HJ 212 端口", "HJ 212 port", s->hj212_port), port_field(c, "http_port", "HTTP 端口", "HTTP port", s->http_port),
        counted(c, "devices", "设备", "devices", (int64_t)s->devices), counted(c, "topics", "主题", "topics", (int64_t)s->topics), counted(c, "sources", "来源", "sources", (int64_t)s->sources),
        counted(c, "addresses", "地址", "addresses", (int64_t)s->addresses), counted(c, "messages", "报文", "messages", n->frames), counted(c, "taken", "接收", "taken", n->status[WIRE_TAKEN]),
        counted(c, "exists", "已有", "there already", n->status[WIRE_EXISTS]), counted(c, "replaced", "替换", "replaced", n->status[WIRE_REPLACED]),
        counted(c, "flagged", "标记", "flagged", n->status[WIRE_FLAGGED]), counted(c, "held", "暂存", "held", n->status[WIRE_HELD]),
        counted(c, "refused", "拒绝", "refused", n->status[WIRE_REFUSED]), counted(c, "messages_not_kept", "未入库报文", "messages not kept", n->failed)};
    if (!c->wants_rows) return;
    show_record(c, "listen", fields, sizeof fields / sizeof *fields);
    const sheet_column columns[] = {column(TEXT("message"), pick(c->lang, "原因", "reason"), false), column(TEXT("count"), pick(c->lang, "次数", "count"), true)};
    sheet *reasons = sheet_new(c->out, TEXT("reasons"), TEXT("reasons"), columns, 2);
    for (size_t i = 0; i < n->reason_count; i++) sheet_row(reasons, (text[]){text_of(n->reasons[i].message->id), number_text(c->a, n->reasons[i].count)});
}

/* The line of a minute: messages and what became of their readings, then reasons. */
static void show_counts(ops_call *c, listener *l, wire_counts *total)
{
    wire_counts n;
    listen_state now = listen_now(l);
    listen_counts(l, &n);
    wire_counts_add(total, &n);
    text_buf b = {.a = c->a};
    for (size_t i = 0; i < n.reason_count; i++) buf_printf(&b, "%s%s %lld", i ? ", " : "; ", n.reasons[i].message->id, (long long)n.reasons[i].count);
    int64_t taken = n.status[WIRE_TAKEN] + n.status[WIRE_REPLACED] + n.status[WIRE_FLAGGED];
    say(c, "%.*s 报文 %lld，读数：接收 %lld，已有 %lld，暂存 %lld，拒绝 %lld，未入库报文 %lld，连接 %zu%.*s", "%.*s messages %lld, readings taken %lld, there already %lld, held %lld, refused %lld, messages not kept %lld, connections %zu%.*s",
        TEXT_FMT(clock_text(c)), (long long)n.frames, (long long)taken, (long long)n.status[WIRE_EXISTS], (long long)n.status[WIRE_HELD], (long long)n.status[WIRE_REFUSED], (long long)n.failed, now.peers, TEXT_FMT(buf_text(&b)));
    if (c->flush) c->flush(c);
}

static void show_start(ops_call *c, listener *l)
{
    listen_state s = listen_now(l);
    if (s.hj212_port) say(c, "HJ 212：端口 %d，已登记设备 %zu 台", "HJ 212: port %d, %zu devices declared", s.hj212_port, s.devices);
    if (s.http_port) say(c, "HTTP：端口 %d，已登记来源 %zu 个", "HTTP: port %d, %zu sources declared", s.http_port, s.sources);
    if (s.has_mqtt) say(c, "MQTT：已登记主题 %zu 个", "MQTT: %zu topics declared", s.topics);
    if (s.modbus_devices) say(c, "Modbus：设备 %zu 台", "Modbus: %zu devices", s.modbus_devices);
    say(c, "通道接收的地址 %zu 个", "addresses that channels take: %zu", s.addresses);
    if (s.doubled) say(c, "注意：%zu 个地址被多个通道声明，由第一个接收", "note: %zu addresses are named by more than one channel; the first one takes them", s.doubled);
    if (c->flush) c->flush(c);
}

/* What was shown needs no memory any more: this goes on for months. */
static void forget_shown(ops_call *c, arena_mark mark)
{
    if (c->lines.len) return; /* kept for a file */
    arena_rewind(c->a, mark);
    c->lines = (text_buf){.a = c->a};
    c->out = sheet_book_new(c->a);
}

/* A disk that is full now may have room in a minute: said, and tried again. */
static void close_days(meter_book *m, log_lines *log)
{
    heng_err err;
    meter_close_receipt closed;
    if (!meter_days_close(m, 0, &closed, &err)) hear(log, &err);
}

/* Until the seconds are over or a signal comes. The days that are due are closed on the way. */
static void stay(ops_call *c, meter_book *m, listener *l, log_lines *log, int64_t seconds, const sigset_t *ends, wire_counts *total)
{
    const struct timespec second = {.tv_sec = 1};
    arena_mark mark = arena_here(c->a);
    for (int64_t at = 1;; at++) {
        bool is_over = sigtimedwait(ends, NULL, &second) > 0 || (seconds && at >= seconds);
        show_log(c, log);
        if (is_over) return;
        if (at % CLOSE_EVERY_S == 0) show_counts(c, l, total);
        forget_shown(c, mark);
        if (at % CLOSE_EVERY_S == 0) close_days(m, log);
    }
}

static bool port_of(ops_call *c, const char *arg, int *ret, heng_err *err)
{
    bool ok;
    text t = ops_get(c, arg);
    int64_t port = ops_has(c, arg) ? text_to_i64(t, &ok) : -1;
    if (ops_has(c, arg) && (!ok || port < 0 || port > 65535)) return err_fill_n(err, &MSG_OPS_PORT_BAD, t.ptr, t.len, NULL) || err_in_field(err, arg);
    *ret = (int)port;
    return true;
}

static char *path_of(ops_call *c, const char *arg)
{
    return ops_has(c, arg) ? text_str(c->a, ops_get(c, arg)) : NULL;
}

static bool listen_and_stay(ops_call *c, meter_book *m, const meter_gates *g, const listen_options *o, log_lines *log, int64_t seconds, heng_err *err)
{
    listener *l = NULL;
    listen_state state = {0};
    wire_counts total = {0};
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, &before); /* for the threads of the ways in too */
    bool ok = listen_open(m, g, o, &l, err);
    if (ok) {
        show_start(c, l);
        state = listen_now(l);
        stay(c, m, l, log, seconds, &ends, &total);
        listen_stop(l); /* what came is stored and counted */
        show_counts(c, l, &total);
    }
    listen_close(l);
    show_log(c, log);
    if (ok) show_totals(c, &state, &total);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

bool op_intake_listen(ops_call *c, heng_err *err)
{
    int64_t seconds = 0;
    meter_book *m;
    const meter_gates *g;
    log_lines *log = NEW(c->a, log_lines);
    pthread_mutex_init(&log->lock, NULL);
    log->call = c;
    listen_options o = {.host = path_of(c, "--host"), .mqtt_url = ops_get(c, "--mqtt"), .mqtt_ca = path_of(c, "--mqtt-ca"), .modbus_file = path_of(c, "--modbus"), .takes_any = ops_has(c, "--any-device"),
                        .sets_clocks = ops_has(c, "--set-clocks"), .asks_missing = ops_has(c, "--ask-missing"), .say = hear, .say_context = log};
    if (!port_of(c, "--hj212", &o.hj212_port, err) || !port_of(c, "--http", &o.http_port, err)) return false;
    if (ops_has(c, "--seconds") && !want_number(c, "--seconds", &seconds, err)) return false;
    if (!meter_open(c->book, &m, err)) return false;
    bool ok = meter_gates_open(c->a, m, &g, err);
    if (ok) {
        meter_gates_set(m, meter_gate_judge, (void *)(uintptr_t)g);
        ok = listen_and_stay(c, m, g, &o, log, seconds, err);
    }
    meter_book_close(m);
    return ok;
}

/* ---- What is declared ---- */

static bool put_entry(ops_call *c, const char *way, book_entry *entry, heng_err *err)
{
    if (ops_has(c, "--remove")) entry->body = (text){0};
    book_batch batch = {.source = TEXT("cli"), .entry_count = 1, .entries = entry, .supersede = true};
    book_receipt receipt;
    book_result result;
    if (!post_one(c, &batch, &receipt, &result, err)) return false;
    const char *status = ops_has(c, "--remove") && result.status != BOOK_EXISTS ? "withdrawn" : status_name(result.status);
    show_record(c, "declared", (shown_field[]){{"way", "方式", "way in", text_of(way), false}, {"key", "标识", "key", entry->key, false}, {"status", "结果", "status", text_of(status), false}}, 3);
    if (result.status == BOOK_EXISTS) say(c, "原已如此，没有改动", "it is so already; nothing was changed");
    else if (ops_has(c, "--remove")) say(c, "已注销 %.*s", "withdrew %.*s", TEXT_FMT(entry->key));
    else say(c, "已登记 %.*s", "declared %.*s", TEXT_FMT(entry->key));
    return true;
}

bool op_intake_device(ops_call *c, heng_err *err)
{
    book_entry entry;
    return declared_device(c->a, ops_get(c, "MN"), ops_get(c, "--password"), ops_get(c, "--zone"), ops_get(c, "--key"), ops_has(c, "--lenient"), &entry, err) && put_entry(c, "hj212", &entry, err);
}

bool op_intake_topic(ops_call *c, heng_err *err)
{
    book_entry entry;
    mqtt_rule rule = {.filter = ops_get(c, "FILTER"), .value = ops_get(c, "--value"), .time = ops_get(c, "--time"), .flag = ops_get(c, "--flag")};
    return declared_topic(c->a, &rule, &entry, err) && put_entry(c, "mqtt", &entry, err);
}

bool op_intake_source(ops_call *c, heng_err *err)
{
    book_entry entry;
    text token = ops_has(c, "--remove") ? TEXT("0123456789abcdef") : ops_get(c, "--token"); /* what is withdrawn needs none */
    return declared_source(c->a, ops_get(c, "NAME"), token, &entry, err) && put_entry(c, "http", &entry, err);
}

bool op_intake_list(ops_call *c, heng_err *err)
{
    declared d;
    if (!declared_load(c->book, c->a, &d, err)) return false;
    const sheet_column columns[] = {column(TEXT("way"), pick(c->lang, "方式", "way in"), false), column(TEXT("key"), pick(c->lang, "标识", "key"), false), column(TEXT("value"), pick(c->lang, "数值路径", "value"), false),
                                    column(TEXT("time"), pick(c->lang, "时间路径", "time"), false), column(TEXT("flag"), pick(c->lang, "标记路径", "flag"), false), column(TEXT("password"), pick(c->lang, "有密码", "password"), false),
                                    column(TEXT("cipher"), pick(c->lang, "有密钥", "key declared"), false), column(TEXT("lenient"), pick(c->lang, "宽松", "lenient"), false)};
    sheet *s = sheet_new(c->out, TEXT("intake"), pick(c->lang, "已登记的设备、主题和来源", "declared devices, topics and sources"), columns, 8);
    for (size_t i = 0; i < d.device_count; i++) sheet_row(s, (text[]){TEXT("hj212"), d.devices[i].mn, TEXT(""), TEXT(""), TEXT(""), yes_no(d.devices[i].password.len > 0), yes_no(d.devices[i].has_key), yes_no(d.devices[i].is_lenient)});
    for (size_t i = 0; i < d.topic_count; i++) sheet_row(s, (text[]){TEXT("mqtt"), d.topics[i].filter, d.topics[i].value, d.topics[i].time, d.topics[i].flag, TEXT(""), TEXT(""), TEXT("")});
    for (size_t i = 0; i < d.source_count; i++) sheet_row(s, (text[]){TEXT("http"), d.sources[i].name, TEXT(""), TEXT(""), TEXT(""), TEXT(""), TEXT(""), TEXT("")});
    return true;
}
