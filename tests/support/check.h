/*
 * The smallest test harness that suits tables: every case is one check with its own sentence; a failed one is printed and the
 * test goes on. TAP on stdout, so that meson counts cases. A test program: int main(void) { ...; return check_done(); }
 */
#ifndef CHECK_H
#define CHECK_H
#include <stdio.h>
#include "base.h"

static int check_count_, check_failed_;

static inline bool check_at(bool ok, const char *says, const char *file, int line)
{
    check_count_++;
    if (!ok) check_failed_++;
    printf("%s %d - %s%s", ok ? "ok" : "not ok", check_count_, says, ok ? "\n" : "");
    if (!ok) printf(" (%s:%d)\n", file, line);
    return ok;
}
#define check(ok, says) check_at((ok), (says), __FILE__, __LINE__)

static inline bool check_text_at(text seen, text wanted, const char *says, const char *file, int line)
{
    bool ok = check_at(text_equal(seen, wanted), says, file, line);
    if (!ok) printf("# seen   '%.*s'\n# wanted '%.*s'\n", TEXT_FMT(seen), TEXT_FMT(wanted));
    return ok;
}
#define check_text(seen, wanted, says) check_text_at((seen), (wanted), (says), __FILE__, __LINE__)

static inline bool check_int_at(int64_t seen, int64_t wanted, const char *says, const char *file, int line)
{
    bool ok = check_at(seen == wanted, says, file, line);
    if (!ok) printf("# seen %lld, wanted %lld\n", (long long)seen, (long long)wanted);
    return ok;
}
#define check_int(seen, wanted, says) check_int_at((seen), (wanted), (says), __FILE__, __LINE__)

/* A call that must succeed; prints the error when it does not. */
static inline bool check_ok_at(bool ok, const heng_err *err, const char *says, const char *file, int line)
{
    check_at(ok, says, file, line);
    if (!ok) {
        char line_text[2048];
        err_format(err, HENG_EN, line_text, sizeof line_text);
        printf("# %s\n", line_text);
    }
    return ok;
}
#define check_ok(ok, err, says) check_ok_at((ok), (err), (says), __FILE__, __LINE__)

/* A call that must fail with the message of this id. */
static inline bool check_fails_at(bool ok, const heng_err *err, const char *id, const char *says, const char *file, int line)
{
    const char *seen = ok ? "success" : err->message ? err->message->id : "an empty error";
    bool right = !ok && err->message && strcmp(err->message->id, id) == 0;
    check_at(right, says, file, line);
    if (!right) printf("# seen %s, wanted %s\n", seen, id);
    return right;
}
#define check_fails(ok, err, id, says) check_fails_at((ok), (err), (id), (says), __FILE__, __LINE__)

static inline int check_done(void)
{
    printf("1..%d\n", check_count_);
    return check_failed_ ? 1 : 0;
}
#endif
