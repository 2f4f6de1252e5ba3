/* Fuzz: any bytes as a stream of HJ 212 frames, whole and in two pieces; the cutter moves on or waits, and what parses points into sane text. */
#include "hj212.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t walk(const char *bytes, size_t len, bool parses)
{
    size_t at = 0, frames = 0;
    while (at < len) {
        hj212_cut c = hj212_next(bytes + at, len - at);
        must((c.used > 0) == (c.kind != HJ212_WAIT) && c.used <= len - at);
        if (c.kind == HJ212_WAIT) {
            must(len - at < HJ212_FRAME_MAX);
            break;
        }
        must(c.data.len == 0 || (c.data.ptr >= bytes + at && c.data.ptr + c.data.len <= bytes + at + c.used));
        at += c.used;
        frames += c.kind == HJ212_FRAME;
        if (!parses || c.kind == HJ212_ENDLESS || c.kind == HJ212_JUNK) continue;
        arena a = {0};
        heng_err err = {0};
        hj212_frame f;
        if (hj212_parse(&a, c.data, &f, &err)) { /* with a wrong CRC too: the parser must stand by itself */
            must(f.mn.len && f.cn >= 0 && f.pair_count <= HJ212_VALUES_MAX && f.value_count <= f.pair_count);
            text answer = hj212_answer(&a, &f, 9014, "");
            must(hj212_next(answer.ptr, answer.len).kind == HJ212_FRAME);
        } else must(err.message != NULL);
        if (hj212_sealed(c.data) != HJ212_OPEN) {
            static const uint8_t key[17] = "0000000000000000";
            text open;
            if (hj212_unseal(&a, c.data, key, &open)) (void)hj212_parse(&a, open, &f, &err);
        }
        arena_free(&a);
    }
    return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *stream = len ? (const char *)bytes : "";
    walk(stream, len, true);
    walk(stream, len / 2, false);
    return 0;
}
