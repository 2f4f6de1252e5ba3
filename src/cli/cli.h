/* The command line: what is the same for every command, and the parser over the table of operations. */
#ifndef CLI_H
#define CLI_H
#include "ops.h"

typedef struct cli_globals {
    heng_lang lang;
    const char *db;
    sheet_format format;
    const char *out_path;
    const char *known;
    bool quiet, colour;
} cli_globals;

heng_lang cli_lang(void);
/* Global options may stand anywhere. Options take their value as the next word or after '='. `--` ends options. */
MUST_USE bool cli_parse(arena *a, int argc, char **argv, cli_globals *g, ops_call *call, heng_err *err);
#endif
