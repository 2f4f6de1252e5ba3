/*
 * HJ 212: the protocol by which pollutant monitors and data loggers report, versions 2005 (HJ/T 212-2005), 2017 and 2025. Pure: bytes to frames
 * and back; the server is hj212_server.h.
 *
 *   ##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n
 *   ^ ^   ^ data, as long as the four digits say                                                                  ^ CRC-16 of the data
 *
 * CRC: register 0xFFFF; for each byte the register is shifted right by 8 and combined with the byte by exclusive or, then eight
 * times shifted right by 1, with polynomial 0xA001 when a 1 fell out; printed as four hex digits, high byte first. (This is not the CRC of
 * Modbus, which keeps the low byte in the first step.) Source: HJ 212-2017, annex A, with its example 1C80; HJ 212-2017, 6.3 and 6.6 for the fields.
 *
 * The field's mess is read where it has one meaning, and noted in odd: lower-case or swapped CRC, that of Modbus, no CRC, a length that is off, no line end,
 * blanks, times of 17 digits, GBK text. What has no one meaning is refused.
 *
 * Version 2025 may encipher CP with SM4 (hj212_seal.c): then the frame is cut by its length, and its CRC is that of the open data.
 */
#ifndef WIRE_HJ212_H
#define WIRE_HJ212_H
#include "base.h"

enum {
    HJ212_DATA_MAX = 9999,       /* what four digits can say; the standard allows 1024 */
    HJ212_FRAME_MAX = HJ212_DATA_MAX + 12,
    HJ212_VALUES_MAX = 1024      /* pairs of one frame */
};

enum hj212_odd {
    HJ212_CRC_MISSING = 1, HJ212_CRC_LOWER = 2, HJ212_CRC_SWAPPED = 4, HJ212_LENGTH_OFF = 8, HJ212_NO_LINE_END = 16,
    HJ212_TIME_17 = 32, HJ212_TIME_SHORT = 64, HJ212_GBK = 128, HJ212_BLANKS = 256, HJ212_KEY_TWICE = 512,
    HJ212_CRC_MODBUS = 2048,     /* the CRC of Modbus, by the same polynomial */
    HJ212_CRC_LATER = 1024       /* enciphered: the CRC is judged when it is open */
};

uint16_t hj212_crc(const char *bytes, size_t len);
bool hj212_crc_is(const char *digits, uint16_t crc, unsigned *odd); /* four hex digits; adds to *odd how they are written */

typedef enum hj212_cut_kind {
    HJ212_WAIT,                  /* more bytes are needed; used = 0 */
    HJ212_JUNK,                  /* used bytes are no part of a frame */
    HJ212_FRAME,                 /* data holds a whole frame's data */
    HJ212_CRC_WRONG,             /* a frame whose CRC is not that of its data */
    HJ212_ENDLESS                /* longer than any frame, and no end */
} hj212_cut_kind;
typedef struct hj212_cut { hj212_cut_kind kind; size_t used; text data; unsigned odd; uint16_t crc; /* computed */ text crc_seen; } hj212_cut;
/* Cut the next frame off a stream. Always moves on, or waits; a stream that waits with HJ212_FRAME_MAX bytes in hand does not happen. */
hj212_cut hj212_next(const char *bytes, size_t len);

typedef struct hj212_value {     /* w01018-Avg=40.1 */
    text code, what, value;
    text flag;                   /* of its code; empty = none */
    const heng_message *refused; /* a key given twice with different values, text where a number must be */
} hj212_value;

typedef struct hj212_pair { text name, value; } hj212_pair;
typedef struct hj212_frame {
    text qn, st, pw, mn;         /* empty = not given */
    int cn;
    int flag;                    /* -1 = not given */
    int version;                 /* 2005, 2017, 2025, by the flag's upper six bits */
    bool wants_answer;
    int packets, packet;         /* 0 = not split */
    bool has_time;
    int64_t time_s;              /* DataTime as local seconds since 1970-01-01T00:00 */
    size_t pair_count; const hj212_pair *pairs;   /* of CP, in order */
    size_t value_count; const hj212_value *values;
    unsigned odd;
} hj212_frame;
/* Errors: wire.hj212_no_data (no MN, CN or CP), hj212_field_bad, hj212_time_bad, hj212_too_many. Texts point into data or the arena. */
MUST_USE bool hj212_parse(arena *a, text data, hj212_frame *ret, heng_err *err);
text hj212_pair_of(const hj212_frame *f, const char *name); /* empty = not there */
/* "20160801085857" and its variants to local seconds; adds to *odd. False: no such time. */
bool hj212_time_parse(text t, int64_t *ret_local_s, unsigned *odd);
text hj212_time_format(arena *a, int64_t local_s, int ms); /* ms < 0: 14 digits; else 17 */

typedef enum hj212_sort { HJ212_OTHER, HJ212_DATA, HJ212_NOTICE, HJ212_ANSWER, HJ212_HEARTBEAT } hj212_sort;
typedef struct hj212_command { int cn; hj212_sort sort; int step_s; /* of its history; 0 = none */ const char *en, *zh; } hj212_command;
const hj212_command *hj212_command_of(int cn); /* NULL = not one that a device sends */

/* ---- Enciphered data (2025) ---- */

typedef enum hj212_seal_kind { HJ212_OPEN, HJ212_SEALED_BYTES, HJ212_SEALED_WRITTEN /* {0xE4,0x3E,...} */ } hj212_seal_kind;
hj212_seal_kind hj212_sealed(text data);      /* by what stands behind CP=&&; the rest of the data need not be there yet */
text hj212_head_only(arena *a, text data);    /* the fields before CP, and an empty CP: who speaks */
bool hj212_unseal(arena *a, text data, const uint8_t key[16], text *ret); /* False: not of that form. A wrong key gives other data: see the CRC. */
text hj212_encode_sealed(arena *a, text data, const uint8_t key[16], hj212_seal_kind kind); /* a whole frame, as a device sends it */

/* ##, length, data, CRC, line end. */
text hj212_encode(arena *a, text data);
/* The answer to a frame: 9014 to data, 9013 to a notice, 9011 with a reason (HJ 212-2017 table 7) to what is refused; cp may be "". */
enum { HJ212_RTN_READY = 1, HJ212_RTN_REFUSED = 2, HJ212_RTN_PW = 3, HJ212_RTN_MN = 4, HJ212_RTN_CN = 8, HJ212_RTN_CRC = 9 };
text hj212_answer(arena *a, const hj212_frame *f, int cn, const char *cp);
#endif
