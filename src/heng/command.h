/* The command line: what is the same for every command, and the parser over the table of operations. */
#ifndef HENG_COMMAND_H
#define HENG_COMMAND_H
#include "ops.h"

typedef struct command_globals {
    heng_lang lang;
    const char *db;
    sheet_format format;
    const char *out_path;
    const char *known;
    bool quiet, colour;
} command_globals;

heng_lang command_lang(void);
/* Global options may stand anywhere. Options take their value as the next word or after '='. `--` ends options. */
MUST_USE bool command_parse(arena *a, const char *const *given, int count, command_globals *g, ops_call *call, heng_err *err);
#endif
