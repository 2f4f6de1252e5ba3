/*
 * What a frame means to the server: whose it is, whether it may speak, its readings, its answer.
 *
 * A refused frame gets answer 9011 with a reason where its sender can be told (HJ 212-2017, table 7), and none for a wrong CRC, as the standard orders.
 */
#include "hj212_inside.h"

/* ---- Devices and their places ---- */

void device_leave(device *d)
{
    peer *p = d->at;
    if (!p) return;
    device **link = &p->devices;
    while (*link != d) link = &(*link)->next_at_peer;
    *link = d->next_at_peer;
    d->at = NULL;
    d->asks[0].qn[0] = 0; /* asked again when it is back */
}

static void device_sit(device *d, peer *p)
{
    device_leave(d);
    d->at = p;
    d->next_at_peer = p->devices;
    p->devices = d;
    memcpy(d->where, p->name, sizeof d->where);
}

static device *device_of(hj212_server *s, text mn)
{
    int64_t at;
    if (text_map_find(&s->by_mn, mn, &at)) return s->devices[at];
    enum { UNDECLARED_MAX = 100000, MN_MAX = 64 };
    if (!s->options.takes_any || s->device_count >= UNDECLARED_MAX || mn.len > MN_MAX) return NULL;
    device *d = NEW(&s->a, device);
    d->is = (hj212_device){.mn = text_copy(&s->a, mn), .zone = s->options.zone, .is_lenient = true};
    text_map_put(&s->by_mn, d->is.mn, (int64_t)s->device_count);
    *ARENA_PUSH(&s->a, s->devices, s->device_count, s->device_max) = d;
    return d;
}

static bool is_same_host(const device *d, const peer *p)
{
    return strncmp(d->where, p->name, p->host_len) == 0 && d->where[p->host_len] == ':';
}

/* One that is alive keeps its place; a silent one, or one at the same host, gives way. */
static bool may_sit(hj212_server *s, device *d, peer *p)
{
    if (d->at == p) return true;
    char mn[80];
    snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(d->is.mn));
    if (d->at && !is_same_host(d, p) && s->second - d->heard_s <= s->options.hold_s) {
        heng_err what;
        err_fill(&what, &MSG_WIRE_HJ212_MN_TAKEN, mn, p->name, d->where);
        server_say_of(s, mn, &what);
        return false;
    }
    peer *old = d->at;
    if (old) server_say(s, &MSG_WIRE_HJ212_MN_MOVED, mn, p->name, d->where);
    device_sit(d, p);
    if (old && !old->devices) peer_close(old);
    return true;
}

/* ---- Frames ---- */

static bool refuse(peer *p, const hj212_frame *f, const heng_message *why, int reason)
{
    hj212_server *s = p->server;
    bool is_of_device = why == &MSG_WIRE_HJ212_UNKNOWN_MN || why == &MSG_WIRE_HJ212_PASSWORD || why == &MSG_WIRE_HJ212_SEALED; /* names it itself */
    char mn[80], command[16], cp[24];
    heng_err what;
    server_count_reason(s, why);
    snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(f->mn));
    snprintf(command, sizeof command, "%d", f->cn);
    err_fill(&what, why, is_of_device ? mn : command, NULL, p->name);
    if (!is_of_device) err_in_file(&what, mn);
    if (why != &MSG_WIRE_HJ212_MN_TAKEN) server_say_of(s, mn, &what);
    snprintf(cp, sizeof cp, "QnRtn=%d", reason);
    peer_send(p, hj212_answer(&s->scratch, f, 9011, cp));
    return false;
}

static int64_t instant_of(hj212_server *s, const cal_zone *zone, int64_t local_s)
{
    int64_t day = local_s / 86400 - (local_s % 86400 < 0);
    if (day != s->last_day || zone != s->last_zone) {
        s->last_day = day;
        s->last_zone = zone;
        s->last_day_us = zone_day_start_us(zone, (int32_t)day);
    }
    return s->last_day_us + (local_s - day * 86400) * 1000000;
}

/* Counts of one frame's faults and readings, in one go. */
static void count_frame(hj212_server *s, int64_t refused, const heng_message *why)
{
    pthread_mutex_lock(&s->lock);
    s->counts.frames++;
    s->counts.status[WIRE_REFUSED] += refused;
    if (refused) wire_count_reason(&s->counts, why, refused);
    pthread_mutex_unlock(&s->lock);
}

static void add_reading(hj212_round *r, const hj212_frame *f, const hj212_value *v, int64_t time_us)
{
    const char *address = arena_printf(&r->a, "hj212:%.*s/%d/%.*s-%.*s", TEXT_FMT(f->mn), f->cn, TEXT_FMT(v->code), TEXT_FMT(v->what));
    *ARENA_PUSH(&r->a, r->items, r->count, r->max) = (wire_reading){.address = text_of(address), .time_us = time_us, .value = text_copy(&r->a, v->value), .flag = text_copy(&r->a, v->flag)};
}

/* A packet behind the first may leave the time out: it is that of the packet before, of the same command. */
static bool time_of(device *d, const hj212_frame *f, int64_t *ret_s)
{
    if (!f->has_time && (f->packet < 2 || d->split_cn != f->cn)) return false;
    if (f->has_time) {
        d->split_cn = f->packets > 1 ? f->cn : 0;
        d->split_time_s = f->time_s;
    }
    *ret_s = f->has_time ? f->time_s : d->split_time_s;
    return true;
}

/* Readings and answer go into the round that gathers. */
static bool take_data(peer *p, device *d, const hj212_frame *f)
{
    hj212_server *s = p->server;
    hj212_round *r = s->gathering;
    int64_t local_s = 0, refused = 0;
    if (f->value_count && !time_of(d, f, &local_s)) return refuse(p, f, &MSG_WIRE_HJ212_NO_TIME, HJ212_RTN_REFUSED);
    int64_t time_us = instant_of(s, d->is.zone, local_s);
    const heng_message *why = NULL;
    for (size_t i = 0; i < f->value_count; i++) {
        if (f->values[i].refused) {
            refused++;
            why = f->values[i].refused;
        } else add_reading(r, f, &f->values[i], time_us);
    }
    count_frame(s, refused, why);
    text answer = f->wants_answer ? hj212_answer(&r->a, f, 9014, "") : (text){0};
    *ARENA_PUSH(&r->a, r->frames, r->frame_count, r->frame_max) = (waiting){.peer = p, .generation = p->generation, .answer = answer};
    round_gather(s);
    if (f->has_time) ask_missing(s, d, f);
    return true;
}

static bool take_frame(peer *p, device *d, const hj212_frame *f)
{
    hj212_server *s = p->server;
    const hj212_command *command = hj212_command_of(f->cn);
    if (!command) return refuse(p, f, &MSG_WIRE_HJ212_CN_UNKNOWN, HJ212_RTN_CN);
    d->heard_s = s->second;
    if (s->options.sets_clocks) clock_check(s, d, f);
    if (command->sort == HJ212_DATA) return take_data(p, d, f);
    count_frame(s, 0, NULL);
    if (command->sort == HJ212_ANSWER) ask_answered(s, d, f);
    else if (command->sort == HJ212_NOTICE) peer_send(p, hj212_answer(&s->scratch, f, 9013, ""));
    else if (f->wants_answer) peer_send(p, hj212_answer(&s->scratch, f, 9014, ""));
    if (f->cn == 1013 && s->options.sets_clocks) clock_send(s, d, f);
    return true;
}

/* Data that cannot be read: its device is told so where the fields before it say which it is, or it would send the frame for ever. */
static void answer_unread(peer *p, text data)
{
    hj212_server *s = p->server;
    hj212_frame head;
    heng_err ignored;
    int64_t at;
    if (!hj212_parse(&s->scratch, hj212_head_only(&s->scratch, data), &head, &ignored) || !text_map_find(&s->by_mn, head.mn, &at)) return;
    const device *d = s->devices[at];
    if (d->is.password.len == 0 || text_equal(d->is.password, head.pw)) peer_send(p, hj212_answer(&s->scratch, &head, 9011, "QnRtn=2"));
}

static bool frame_read(peer *p, text data, unsigned odd, hj212_frame *ret)
{
    hj212_server *s = p->server;
    heng_err err;
    char host[NAME_MAX_];
    if (hj212_parse(&s->scratch, data, ret, &err)) {
        ret->odd |= odd;
        return true;
    }
    server_count_reason(s, err.message);
    err_in_file(&err, p->name);
    peer_host(p, host);
    server_say_of(s, host, &err);
    answer_unread(p, data);
    return false;
}

/* What was enciphered, open; the frame is read again. A wrong key shows in the CRC, like damage, and gets no answer either. */
static bool frame_unseal(peer *p, const device *d, const hj212_cut *cut, hj212_frame *f)
{
    hj212_server *s = p->server;
    text data;
    unsigned odd = cut->odd;
    if (!d->is.has_key) return refuse(p, f, &MSG_WIRE_HJ212_SEALED, HJ212_RTN_REFUSED);
    bool ok = hj212_unseal(&s->scratch, cut->data, d->is.key, &data) && hj212_sealed(data) == HJ212_OPEN;
    if (ok && odd & HJ212_CRC_LATER) ok = hj212_crc_is(cut->crc_seen.ptr, hj212_crc(data.ptr, data.len), &odd);
    if (ok) return frame_read(p, data, odd, f);
    char mn[80];
    heng_err what;
    snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(d->is.mn));
    server_count_reason(s, &MSG_WIRE_HJ212_KEY);
    err_fill(&what, &MSG_WIRE_HJ212_KEY, mn, NULL, p->name);
    server_say_of(s, mn, &what);
    return false;
}

/* How a device departs from the standard is said once for each way. */
static void tell_odd(hj212_server *s, device *d, unsigned odd)
{
    static const struct { unsigned bit; const char *word; } WORDS[] = {
        {HJ212_CRC_MISSING, "crc_missing"}, {HJ212_CRC_LOWER, "crc_lower"}, {HJ212_CRC_SWAPPED, "crc_swapped"}, {HJ212_CRC_MODBUS, "crc_modbus"}, {HJ212_LENGTH_OFF, "length_off"}, {HJ212_NO_LINE_END, "no_line_end"},
        {HJ212_TIME_17, "time_17"}, {HJ212_TIME_SHORT, "time_12"}, {HJ212_GBK, "gbk"}, {HJ212_BLANKS, "blanks"}, {HJ212_KEY_TWICE, "key_twice"}};
    char mn[80], words[160] = "";
    unsigned fresh = odd & ~d->odd_told;
    d->odd_told |= odd;
    for (size_t i = 0; fresh && i < sizeof WORDS / sizeof *WORDS; i++)
        if (fresh & WORDS[i].bit) snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", *words ? ", " : "", WORDS[i].word);
    if (!*words) return;
    snprintf(mn, sizeof mn, "%.*s", TEXT_FMT(d->is.mn));
    server_say(s, &MSG_WIRE_HJ212_ODD, mn, NULL, words);
}

bool frame_take(peer *p, const hj212_cut *cut)
{
    hj212_server *s = p->server;
    hj212_frame f;
    bool is_sealed = hj212_sealed(cut->data) != HJ212_OPEN;
    text data = is_sealed ? hj212_head_only(&s->scratch, cut->data) : cut->data;
    if (!frame_read(p, data, cut->odd, &f)) return false;
    device *d = device_of(s, f.mn);
    if (!d) return refuse(p, &f, &MSG_WIRE_HJ212_UNKNOWN_MN, HJ212_RTN_MN);
    if (d->is.password.len && !text_equal(d->is.password, f.pw)) return refuse(p, &f, &MSG_WIRE_HJ212_PASSWORD, HJ212_RTN_PW);
    if ((f.odd & HJ212_CRC_MISSING) && !d->is.is_lenient) return refuse(p, &f, &MSG_WIRE_HJ212_CRC_MISSING, HJ212_RTN_CRC);
    if (is_sealed && !frame_unseal(p, d, cut, &f)) return false;
    if (!may_sit(s, d, p)) return refuse(p, &f, &MSG_WIRE_HJ212_MN_TAKEN, HJ212_RTN_REFUSED);
    tell_odd(s, d, f.odd);
    return take_frame(p, d, &f);
}
