/*
 * The block codec: readings of one channel and day in a few bytes each.
 *
 * One C file, stdint only, no memory of its own: the program, SQLite functions and a PostgreSQL extension share it.
 * Four columns of n entries: time (us), count, flag, take. Layout, all numbers little endian or varint (7 bits a byte, low first):
 *
 *   block  = 0x01 n unit ints(time / unit) ints(count) flags ints(take)
 *   unit   = 0, 1, 2: times are in us, ms, s
 *   flags  = 0 (all are 0) | 1 (length flag)+      runs, lengths varint, until n
 *   ints   = CONST  z(first)                       all the same
 *          | GRID   z(first) z(step)               a regular grid: start, step, count
 *          | RAW    svb                            zigzag of the value itself
 *          | DELTA  z(first) svb                   zigzag of the difference to the one before
 *          | DELTA2 z(first) z(step) svb           zigzag of the difference of differences
 *          | WIDE   z(first) nibbles bytes         any differences: 0 to 8 bytes each
 *          | RUNS   z(first) (length z(step))+      stretches of a regular grid, until n
 *          | PACK, PACK_DELTA, PACK_DELTA2         as RAW, DELTA, DELTA2, but packed instead of svb
 *   svb    = one control byte for four numbers (2 bits each: 1 to 4 bytes), all control bytes first, then the bytes
 *
 *   packed = (bits numbers)+                       groups of 32: how many bits its largest number needs, then that many bits of each, low first
 *
 * The encoder takes the shortest of RAW, DELTA, DELTA2 and RUNS, and packs the first three when that is shorter, so equal readings give equal bytes on every machine and path.
 * Source of svb: Lemire, Kurz, Rupp: Stream VByte (2017). Packing in groups of one width: Zukowski, Heman, Nes, Boncz (2006), without exceptions.
 */
#ifndef METER_BLOCK_H
#define METER_BLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { METER_BLOCK_MAX = 1 << 18 /* entries */, METER_BLOCK_SLACK = 16 /* bytes behind the end of an output that the vector path may write */ };
typedef enum meter_path { METER_PATH_BEST, METER_PATH_PLAIN, METER_PATH_VECTOR } meter_path; /* BEST: vector where the processor has it; VECTOR falls back too */

bool meter_path_has_vector(void);

size_t meter_ints_bound(size_t n);
/* Encode a column; out has meter_ints_bound(n) bytes. Returns the bytes written. */
size_t meter_ints_encode(const int64_t *values, size_t n, uint8_t *out, meter_path path);
/* Decode n values; returns the bytes read, 0 when the bytes are not such a column. values NULL: only passed over. Never reads past in + len. */
size_t meter_ints_decode(const uint8_t *in, size_t len, int64_t *values, size_t n, meter_path path);

typedef struct meter_block { const int64_t *time_us, *value; const uint8_t *flag /* NULL = all 0 */; const int64_t *take; } meter_block;
typedef struct meter_block_out { int64_t *time_us, *value; uint8_t *flag; int64_t *take; } meter_block_out; /* NULL: not wanted */
typedef struct meter_block_head { uint32_t count; bool is_grid; int64_t start_us, step_us; } meter_block_head;

size_t meter_block_bound(size_t n);
size_t meter_block_encode(const meter_block *in, size_t n, uint8_t *out, meter_path path); /* 1 <= n <= METER_BLOCK_MAX */
/* What stands in front: how many, and the grid if it is one. False: not a block. */
bool meter_block_look(const uint8_t *in, size_t len, meter_block_head *ret);
/* The values alone, of a block whose flags are all 0. *ret_plain false: they are not, take meter_block_decode. False as there. */
bool meter_block_values(const uint8_t *in, size_t len, int64_t *values, bool *ret_plain, meter_path path);
/* All columns that are wanted, count entries each. False when the bytes are not a block of exactly len bytes. */
bool meter_block_decode(const uint8_t *in, size_t len, const meter_block_out *out, meter_path path);
#endif
