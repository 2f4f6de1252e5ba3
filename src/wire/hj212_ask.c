/*
 * What the server asks of devices: history that is missing (CN 2051, 2061, 2031 with BeginTime and EndTime), and the right time (CN 1012).
 *
 *   missing seen -> request -> 9011 QnRtn=1 -> data frames, as any other -> 9012 ExeRtn -> done
 *
 * A device has one request under way. No answer within options.ask_s: again, ASK_TRIES times. Times are the device's local ones.
 */
#include "hj212_inside.h"

enum { CLOCK_OFF_S = 600, CLOCK_AGAIN_S = 3600 };

static int64_t local_now_s(const device *d, int *ret_ms)
{
    int64_t us = now_us();
    int32_t day = zone_day_of(d->is.zone, us);
    *ret_ms = (int)(us / 1000 % 1000);
    return (int64_t)day * 86400 + (us - zone_day_start_us(d->is.zone, day)) / 1000000;
}

static void send_request(hj212_server *s, device *d, int cn, const char *cp, char qn[20])
{
    int ms;
    int64_t now_s = local_now_s(d, &ms);
    text stamp = hj212_time_format(&s->scratch, now_s, ms);
    snprintf(qn, 20, "%.*s", TEXT_FMT(stamp));
    const char *password = d->is.password.len ? arena_printf(&s->scratch, "%.*s", TEXT_FMT(d->is.password)) : "123456";
    text data = text_of(arena_printf(&s->scratch, "QN=%s;ST=32;CN=%d;PW=%s;MN=%.*s;Flag=5;CP=&&%s&&", qn, cn, password, TEXT_FMT(d->is.mn), cp));
    peer_send(d->at, hj212_encode(&s->scratch, data));
}

static const char *ask_words(arena *a, const ask *q)
{
    return arena_printf(a, "CN=%d %.*s - %.*s", q->cn, TEXT_FMT(hj212_time_format(a, q->begin_s, -1)), TEXT_FMT(hj212_time_format(a, q->end_s, -1)));
}

static void ask_drop(device *d)
{
    memmove(d->asks, d->asks + 1, sizeof d->asks - sizeof *d->asks);
    d->ask_count--;
    d->asks[0].qn[0] = 0;
}

bool ask_add(hj212_server *s, device *d, int cn, int64_t begin_s, int64_t end_s)
{
    if (d->ask_count == ASKS_EACH) return false;
    d->asks[d->ask_count++] = (ask){.cn = cn, .begin_s = begin_s, .end_s = end_s};
    ask_go_on(s, d);
    return true;
}

void ask_go_on(hj212_server *s, device *d)
{
    ask *q = &d->asks[0];
    if (!d->ask_count || !d->at || (q->qn[0] && s->second < q->until_s)) return;
    char mn[80];
    snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(d->is.mn));
    if (q->tries == ASK_TRIES) {
        server_say(s, &MSG_WIRE_HJ212_NO_ANSWER, mn, NULL, ask_words(&s->scratch, q));
        ask_drop(d);
        return;
    }
    if (q->tries++ == 0) server_say(s, &MSG_WIRE_HJ212_ASKED, mn, NULL, ask_words(&s->scratch, q));
    q->until_s = s->second + s->options.ask_s;
    const char *cp = arena_printf(&s->scratch, "BeginTime=%.*s;EndTime=%.*s", TEXT_FMT(hj212_time_format(&s->scratch, q->begin_s, -1)), TEXT_FMT(hj212_time_format(&s->scratch, q->end_s, -1)));
    send_request(s, d, q->cn, cp, q->qn);
}

/* 9011 or 9012 to the request under way; others (to the clock's) are passed over. */
void ask_answered(hj212_server *s, device *d, const hj212_frame *f)
{
    ask *q = &d->asks[0];
    if (!d->ask_count || !text_is(f->qn, q->qn)) return;
    text heard = hj212_pair_of(f, "QnRtn"), done = hj212_pair_of(f, "ExeRtn");
    q->until_s = s->second + s->options.ask_s;
    if (f->cn == 9011 && text_is(heard, "1")) return;
    if (f->cn != 9011 && f->cn != 9012) return;
    text code = f->cn == 9011 ? heard : done;
    if (!text_is(code, "1")) {
        char mn[80], word[16];
        snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(d->is.mn));
        snprintf(word, sizeof word, "%.*s", TEXT_FMT(code));
        server_say(s, &MSG_WIRE_HJ212_DECLINED, mn, word, ask_words(&s->scratch, q));
    }
    ask_drop(d);
    ask_go_on(s, d);
}

static series *series_of(device *d, int cn)
{
    for (int i = 0; i < HJ212_HISTORIES; i++) {
        if (d->series[i].cn == 0) d->series[i].cn = cn;
        if (d->series[i].cn == cn) return &d->series[i];
    }
    return NULL;
}

/* Two neighbouring times further apart than one and a half steps: ask for what lies between. The step of minute data is learnt: its smallest. */
void ask_missing(hj212_server *s, device *d, const hj212_frame *f)
{
    const hj212_command *command = hj212_command_of(f->cn);
    if (!command->step_s || f->cn == 2041) return;
    series *x = series_of(d, f->cn);
    if (!x) return;
    int ms;
    int64_t apart = f->time_s - x->last_s;
    if (f->time_s > local_now_s(d, &ms) + 86400) return; /* a wrong clock; the gates judge the reading */
    if (d->ask_count && d->asks[0].cn == f->cn) d->asks[0].until_s = s->second + s->options.ask_s; /* it is answering */
    if (x->has_last && apart <= 0) return;
    if (x->has_last && command->step_s > 60) x->step_s = command->step_s;
    else if (x->has_last && !x->is_seeded && (!x->step_s || apart < x->step_s)) x->step_s = apart;
    int64_t step = x->step_s ? x->step_s : command->step_s; /* after a start the step of minutes is not known: too much is asked for rather than too little */
    if (s->options.asks_missing && x->has_last && apart > step + step / 2) {
        int64_t reach = (int64_t)ASK_DAYS_MAX * 86400, from = apart > reach ? f->time_s - reach : x->last_s;
        ask_add(s, d, f->cn, from + step, f->time_s - step);
    }
    x->has_last = true;
    x->is_seeded = false;
    x->last_s = f->time_s;
}

void clock_send(hj212_server *s, device *d, const hj212_frame *f)
{
    int ms;
    char qn[20];
    text polid = hj212_pair_of(f, "PolId"), now = hj212_time_format(&s->scratch, local_now_s(d, &ms), -1);
    const char *cp = polid.len ? arena_printf(&s->scratch, "PolId=%.*s;SystemTime=%.*s", TEXT_FMT(polid), TEXT_FMT(now)) : arena_printf(&s->scratch, "SystemTime=%.*s", TEXT_FMT(now));
    d->clock_set_s = s->second;
    send_request(s, d, 1012, cp, qn);
}

/* QN is the device's own clock at the moment of sending. */
void clock_check(hj212_server *s, device *d, const hj212_frame *f)
{
    int64_t said_s;
    unsigned odd = 0;
    int ms;
    if (d->clock_set_s && s->second - d->clock_set_s < CLOCK_AGAIN_S) return;
    if (f->qn.len != 17 || f->cn >= 9000 || !hj212_time_parse(f->qn, &said_s, &odd)) return;
    int64_t off = local_now_s(d, &ms) - said_s;
    if (off > CLOCK_OFF_S || off < -CLOCK_OFF_S) clock_send(s, d, f);
}
