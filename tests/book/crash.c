/*
 * kill -9 at random moments while posting: what was acknowledged is there, nothing is half there, the book verifies.
 *
 *   test_book_crash [ROUNDS [SEED]]
 */
#include <signal.h>
#include <sys/wait.h>
#include "place.h"

enum { MOVEMENTS = 3 };

/* The child posts groups of three movements with rising keys, and tells each acknowledged key through the pipe. */
static void child(const char *path, int from, int to)
{
    place p = {0};
    snprintf(p.path, sizeof p.path, "%s", path);
    place_reopen_at(&p, 0);
    int32_t mill = book_party_find(p.b, TEXT("mill")), works = book_party_find(p.b, TEXT("works"));
    for (int i = from;; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        book_movement m[MOVEMENTS];
        for (int k = 0; k < MOVEMENTS; k++) m[k] = move(&p, mill, works, "raw_coal", "supply", 1);
        book_group g = {.ext_id = text_of(key), .movements = m, .count = MOVEMENTS};
        book_batch batch = {.source = TEXT("crash"), .group_count = 1, .groups = &g};
        book_receipt receipt;
        town_must(book_post(p.b, &p.a, &batch, NULL, &receipt, &p.err), &p.err, "post");
        if (write(to, &i, sizeof i) != sizeof i) _exit(1);
    }
}

/* In a round that waits, the clock starts when the first group is acknowledged; else the kill may come in the opening. */
static bool round_ok(const char *path, bool waits, int *next, uint64_t *random)
{
    int pipes[2], acknowledged = *next - 1, seen;
    if (pipe(pipes) != 0) return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        child(path, *next, pipes[1]);
    }
    close(pipes[1]);
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    if (waits && read(pipes[0], &seen, sizeof seen) == sizeof seen) acknowledged = seen;
    usleep((useconds_t)(2000 + (*random >> 33) % 40000));
    kill(pid, SIGKILL);
    while (read(pipes[0], &seen, sizeof seen) == sizeof seen) acknowledged = seen;
    close(pipes[0]);
    waitpid(pid, NULL, 0);
    place p = {0};
    snprintf(p.path, sizeof p.path, "%s", path);
    place_reopen_at(&p, 0);
    book_head h;
    book_verify_report report;
    bool ok = book_head_of(p.b, &h, &p.err) && book_verify(p.b, NULL, NULL, &report, &p.err);
    int groups = (int)(h.movements / MOVEMENTS);
    ok = ok && h.movements % MOVEMENTS == 0 && groups >= acknowledged && groups <= acknowledged + 1;
    if (!ok) printf("# acknowledged %d, movements %lld\n", acknowledged, (long long)h.movements);
    *next = groups + 1;
    book_close(p.b);
    arena_free(&p.a);
    return ok;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60, good = 0, next = 1;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_us(), random = seed;
    place p;
    place_make(&p, 0, NULL);
    book_close(p.b);
    p.b = NULL;
    printf("# seed %llu\n", (unsigned long long)seed);
    for (int i = 0; i < rounds; i++) good += round_ok(p.path, i % 2 == 0, &next, &random);
    printf("# %d groups posted\n", next - 1);
    check_int(good, rounds, "after every kill the acknowledged groups are there, none is half there, and the book verifies");
    check(next > rounds / 2, "and work was done between the kills");
    place_remove(&p);
    return check_done();
}
