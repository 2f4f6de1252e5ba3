/* The command heng: a guest of libheng that hands over the words and prints. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "heng.h"

static void to_stdout(void *context, const char *bytes, size_t len)
{
    (void)context;
    fwrite(bytes, 1, len, stdout);
    fflush(stdout);
}

static void to_stderr(void *context, const char *bytes, size_t len)
{
    (void)context;
    fwrite(bytes, 1, len, stderr);
}

static int terminal_width(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int main(int argc, char **argv)
{
    heng_io io = {.out = to_stdout, .notes = to_stderr, .width = terminal_width(), .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
                  .quiet = !isatty(STDERR_FILENO)};
    return heng_run((const char *const *)argv + 1, argc - 1, &io);
}
