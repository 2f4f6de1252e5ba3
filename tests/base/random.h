/* A small random generator with a fixed seed: the same cases in every run. (splitmix64) */
#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H
#include <stdint.h>

static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Any size of number is as likely as any other: edges show up. */
static inline int64_t random_i64(uint64_t *state)
{
    return (int64_t)next_random(state) >> (next_random(state) % 64);
}

static inline int64_t random_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(next_random(state) % ((uint64_t)high - (uint64_t)low + 1));
}
#endif
