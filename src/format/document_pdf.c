/*
 * PDF in, by its text layer: pdftotext -bbox-layout (poppler) runs as a child process, started without a shell, with the file as its standard input
 * and its XML read from a pipe; words and their places go to document_lines.c.
 *
 * The child has a limit of time, memory and output. Its environment is ours; nothing of the file's name reaches a command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "document_in.h"
#include "messages.h"
#include "table_in.h"
#include "xml_in.h"

enum { TIME_SECONDS = 60, READ_BYTES = 256 * 1024, EXIT_NOT_PERMITTED = 3, LENGTH_MAX = 100000000 };
static const int64_t CHILD_MEMORY_BYTES = (int64_t)4 << 30;
extern char **environ;

typedef struct child { pid_t pid; int out; } child;

static bool fail_run(int code, heng_err *err)
{
    const char *name = strerrorname_np(code);
    if (code == ENOENT) return err_fill(err, &MSG_DOCUMENT_NO_PDF_READER, NULL, NULL, NULL);
    return err_fill(err, &MSG_DOCUMENT_PDF_RUN, name ? name : "EIO", NULL, NULL);
}

/* The file's bytes as a file of their own, at its beginning. Returns the descriptor, or -1 with errno. */
static int bytes_as_file(text bytes)
{
    int fd = memfd_create("pdf", MFD_CLOEXEC);
    while (fd >= 0 && bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            int code = errno;
            close(fd);
            errno = code;
            return -1;
        }
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    if (fd >= 0) lseek(fd, 0, SEEK_SET);
    return fd;
}

static int spawn(int in, int out, pid_t *ret_pid)
{
    char program[] = "pdftotext", layout[] = "-bbox-layout", quiet[] = "-q", encoding[] = "-enc", utf8[] = "UTF-8", from[] = "-", to[] = "-";
    char *arguments[] = {program, layout, quiet, encoding, utf8, from, to, NULL};
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return code;
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    code = posix_spawnp(ret_pid, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

static bool child_start(text bytes, child *ret, heng_err *err)
{
    int pipes[2], in = bytes_as_file(bytes), code = in < 0 ? errno : 0;
    if (code == 0 && pipe2(pipes, O_CLOEXEC) != 0) code = errno;
    else if (code == 0) {
        code = spawn(in, pipes[1], &ret->pid);
        close(pipes[1]);
        if (code != 0) close(pipes[0]);
        ret->out = pipes[0];
    }
    if (in >= 0) close(in);
    if (code != 0) return fail_run(code, err);
    struct rlimit memory = {(rlim_t)CHILD_MEMORY_BYTES, (rlim_t)CHILD_MEMORY_BYTES};
    (void)!prlimit(ret->pid, RLIMIT_AS, &memory, NULL);
    return true;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool fail_time(heng_err *err) { return fail_limit(err, &MSG_DOCUMENT_PDF_TIME, NULL, TIME_SECONDS); }

static bool child_read(child *c, text_buf *to, heng_err *err)
{
    int64_t until = now_ms() + TIME_SECONDS * 1000;
    char *piece = arena_alloc(to->a, READ_BYTES);
    for (;;) {
        struct pollfd p = {.fd = c->out, .events = POLLIN};
        int64_t left = until - now_ms();
        if (left <= 0) return fail_time(err);
        int ready = poll(&p, 1, (int)left);
        if (ready < 0 && errno != EINTR) return fail_run(errno, err);
        if (ready <= 0) continue;
        ssize_t n = read(c->out, piece, READ_BYTES);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_run(errno, err);
        if (n == 0) return true;
        buf_add(to, (text){piece, (size_t)n});
        if ((int64_t)to->len > DOCUMENT_INFLATED_MAX) return fail_limit(err, &MSG_DOCUMENT_INFLATED, "pdf", DOCUMENT_INFLATED_MAX);
    }
}

/* Ends the child, by force unless all its output was read. Returns its exit status, -1 for none. */
static int child_end(child *c, bool ok)
{
    int status = 0;
    if (!ok) kill(c->pid, SIGKILL);
    close(c->out);
    while (waitpid(c->pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool run_pdftotext(arena *a, text bytes, text *ret, heng_err *err)
{
    child c;
    text_buf out = {.a = a};
    if (!child_start(bytes, &c, err)) return false;
    bool ok = child_read(&c, &out, err);
    int status = child_end(&c, ok);
    if (!ok) return false;
    bool is_locked = status == EXIT_NOT_PERMITTED || (status != 0 && memmem(bytes.ptr, bytes.len, "/Encrypt", 8));
    if (is_locked) return err_fill(err, &MSG_DOCUMENT_ENCRYPTED, NULL, NULL, NULL);
    if (status == 127) return err_fill(err, &MSG_DOCUMENT_NO_PDF_READER, NULL, NULL, NULL);
    if (status != 0) return err_fill(err, &MSG_DOCUMENT_CUT, NULL, NULL, NULL);
    *ret = buf_text(&out);
    return true;
}

/* The XML of pdftotext: <page width height>, <word xMin yMin xMax yMax>text</word>. */
typedef struct pdf_in {
    document_out *o;
    line_words *words;
    text_buf now;
    line_word word;
    bool in_word, in_title;
} pdf_in;

/* "144.240000" as hundredths; what is no number is 0, what is absurd is cut to a million points. */
static int32_t hundredths(const char *s)
{
    int64_t n = 0;
    bool negative = s && *s == '-';
    int decimals = -1;
    for (s = s ? s + negative : ""; *s && decimals < 2; s++) {
        if (*s == '.' && decimals < 0) decimals = 0;
        else if (*s >= '0' && *s <= '9' && n < LENGTH_MAX) n = n * 10 + (*s - '0'), decimals += decimals >= 0;
        else return 0;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++) n *= 10;
    if (n > LENGTH_MAX) n = LENGTH_MAX;
    return (int32_t)(negative ? -n : n);
}

static void pdf_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    pdf_in *p = ctx;
    line_words *w = p->words;
    if (strcmp(name, "page") == 0) {
        *ARENA_PUSH(w->a, w->pages, w->page_count, w->page_max) =
            (line_page){hundredths(xml_attribute(attributes, "width")), hundredths(xml_attribute(attributes, "height"))};
    } else if (strcmp(name, "word") == 0 && w->page_count > 0) {
        p->in_word = true;
        p->now.len = 0;
        p->word = (line_word){(int32_t)w->page_count, hundredths(xml_attribute(attributes, "xMin")), hundredths(xml_attribute(attributes, "yMin")),
                              hundredths(xml_attribute(attributes, "xMax")), hundredths(xml_attribute(attributes, "yMax")), TEXT("")};
    } else if (strcmp(name, "title") == 0) {
        p->in_title = true;
        p->now.len = 0;
    }
    if (w->count < DOCUMENT_BLOCKS_MAX) return;
    fail_limit(xml_err(xml), &MSG_DOCUMENT_BLOCKS, NULL, DOCUMENT_BLOCKS_MAX);
    xml_stop(xml);
}

static void pdf_chars(void *ctx, xml_in *xml, const char *s, size_t len)
{
    (void)xml;
    pdf_in *p = ctx;
    if (p->in_word || p->in_title) buf_add(&p->now, (text){s, len});
}

static void pdf_end(void *ctx, xml_in *xml, const char *name)
{
    (void)xml;
    pdf_in *p = ctx;
    text t = text_trim(buf_text(&p->now));
    if (p->in_word && strcmp(name, "word") == 0) {
        p->in_word = false;
        p->word.content = text_copy(p->words->a, t);
        if (t.len > 0) *ARENA_PUSH(p->words->a, p->words->words, p->words->count, p->words->max) = p->word;
    } else if (p->in_title && strcmp(name, "title") == 0) {
        p->in_title = false;
        p->o->doc->title = text_copy(p->o->a, t);
    }
}

/*
 * The output begins with a document type, which our XML reader refuses: it is cut off. Fonts without a proper map give control characters, which
 * XML does not allow, and halves of characters: they become blanks, here in place.
 */
static text clean_output(arena *a, text output)
{
    size_t at = 0, bad = 0;
    char *bytes = arena_copy(a, output.ptr, output.len);
    text xml = {bytes, output.len};
    for (size_t i = 0; i < xml.len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if ((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) bytes[i] = ' ';
        if (c == 0xEF && i + 2 < xml.len && (unsigned char)bytes[i + 1] == 0xBF && (unsigned char)bytes[i + 2] >= 0xBE) memset(bytes + i, ' ', 3);
    }
    for (text rest = xml; !text_is_utf8(rest, &bad); rest = (text){rest.ptr + bad + 1, rest.len - bad - 1}) bytes[(size_t)(rest.ptr - bytes) + bad] = ' ';
    if (text_find(xml, TEXT("<html"), &at)) xml = (text){xml.ptr + at, xml.len - at};
    return xml;
}

bool document_pdf(document_out *o, heng_err *err)
{
    static const xml_events EVENTS = {pdf_start, pdf_end, pdf_chars};
    arena work = {0};
    text xml = {0};
    line_words words = {.a = &work};
    pdf_in p = {.o = o, .words = &words, .now = {.a = &work}};
    o->doc->kind = DOCUMENT_PDF;
    bool ok = run_pdftotext(&work, o->doc->original, &xml, err);
    if (ok) xml = clean_output(&work, xml);
    ok = ok && xml_text(xml, "pdftotext", &EVENTS, &p, err) && document_join(o, &words, err);
    arena_free(&work);
    return ok;
}
