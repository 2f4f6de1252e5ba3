/*
 * The power goes, the disk is full: what was acknowledged is there, nothing is half there, and the book verifies.
 *
 *   test_book_power [ROUNDS [SEED]]
 */
#include "place.h"
#include "powercut_vfs.h"

enum { MOVEMENTS = 4 };

static bool post_group(place *p, int number)
{
    char key[16];
    snprintf(key, sizeof key, "%d", number);
    book_movement m[MOVEMENTS];
    for (int k = 0; k < MOVEMENTS; k++) m[k] = move(p, p->mill, k % 2 ? p->works : p->home, "raw_coal", "supply", number);
    book_group g = {.ext_id = text_of(key), .movements = m, .count = MOVEMENTS};
    book_batch batch = {.source = TEXT("power"), .group_count = 1, .groups = &g};
    return book_post(p->b, &p->a, &batch, NULL, NULL, &p->err);
}

static bool open_with(place *p, const char *vfs)
{
    book_options o = {.store = {.vfs = vfs}};
    p->b = NULL;
    return book_open(p->path, true, &o, &p->b, &p->err) && book_rules(p->b, &p->r, &p->err);
}

static bool whole(place *p, int acknowledged, int *next)
{
    book_head h = {0};
    book_verify_report report;
    bool ok = open_with(p, NULL) && book_head_of(p->b, &h, &p->err) && book_verify(p->b, NULL, NULL, &report, &p->err);
    int groups = (int)(h.movements / MOVEMENTS);
    ok = ok && h.movements % MOVEMENTS == 0 && groups >= acknowledged && groups <= acknowledged + 1;
    if (!ok) {
        char line[1024] = "";
        if (p->err.message) err_format(&p->err, HENG_EN, line, sizeof line);
        printf("# acknowledged %d, movements %lld %s\n", acknowledged, (long long)h.movements, line);
    }
    *next = groups + 1;
    book_close(p->b);
    p->b = NULL;
    return ok;
}

static bool cut_round(place *p, int *next, uint64_t random)
{
    powercut *cut = powercut_install("cut", random);
    int acknowledged = *next - 1;
    p->err = (heng_err){0};
    powercut_arm(cut, POWERCUT_CUT, 1 + (int64_t)(random % 60), (int)(random / 60 % 3) * 40);
    bool ok = open_with(p, "cut");
    for (int i = *next; ok && i < *next + 40; i++) {
        ok = post_group(p, i);
        if (ok) acknowledged = i;
    }
    book_close(p->b);
    powercut_remove(cut);
    p->err = (heng_err){0};
    return whole(p, acknowledged, next);
}

/* A full disk refuses one post; when there is room again, the same book goes on. */
static bool full_round(place *p, int *next, uint64_t random, int *refused)
{
    powercut *cut = powercut_install("full", random);
    int acknowledged = *next - 1;
    p->err = (heng_err){0};
    bool ok = open_with(p, "full") && post_group(p, *next);
    if (ok) acknowledged++;
    powercut_arm(cut, random % 2 ? POWERCUT_FULL : POWERCUT_IO_ERROR, 1 + (int64_t)(random % 7), 0);
    bool fits = post_group(p, acknowledged + 1);
    if (fits) acknowledged++;
    *refused += !fits;
    powercut_arm(cut, POWERCUT_FULL, 0, 0);
    p->err = (heng_err){0};
    ok = ok && post_group(p, acknowledged + 1);
    if (ok) acknowledged++;
    else printf("# after room was made: %s\n", p->err.message ? p->err.message->id : "?");
    book_close(p->b);
    powercut_remove(cut);
    p->err = (heng_err){0};
    return whole(p, acknowledged, next) && ok;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200, good = 0, full = 0, refused = 0, next = 1;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_us(), random = seed;
    place p;
    place_make(&p, 0, NULL);
    book_close(p.b);
    p.b = NULL;
    printf("# seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < rounds; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        good += cut_round(&p, &next, random >> 33);
    }
    check_int(good, rounds, "after every cut the acknowledged groups are there, none is half there, and the book verifies");
    for (int i = 0; i < 30; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        full += full_round(&p, &next, random >> 33, &refused);
    }
    check_int(full, 30, "a full disk refuses a post whole, and posting goes on when there is room");
    check(refused > 0, "some posts met the full disk");
    printf("# %d groups posted, %d refused by a full disk\n", next - 1, refused);
    place_remove(&p);
    return check_done();
}
