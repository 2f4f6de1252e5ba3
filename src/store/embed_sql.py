#!/usr/bin/env python3
"""Turn the .sql files of the room store into store_sql.h and store_sql.c.

    embed_sql.py SOURCE_DIR store_sql.h store_sql.c

Every sql/<room>/<name>.sql becomes the constant SQL_<room>_<name>, its text as written, its text for PostgreSQL
(:name replaced by $n) and its parameter names in order of first use. Every migrations/<store>/NNNN_<name>.sql becomes a row of
store_migrations_<store>. The outputs are rewritten only when they change, so that a build that runs this each time rebuilds
nothing. A file that breaks a rule (see README.md) stops the build with its name and line.
"""
import os
import re
import sys

NAME = re.compile(r'[a-z][a-z0-9_]*\Z')
MIGRATION = re.compile(r'([0-9]{4})_([a-z][a-z0-9_]*)\.sql\Z')
TOKEN = re.compile(r"""
    (?P<comment> --[^\n]* | /\*.*?\*/ )
  | (?P<string>  '(?:[^']|'')*' | "(?:[^"]|"")*" )
  | (?P<cast>    :: )
  | (?P<param>   :[A-Za-z_][A-Za-z0-9_]* )
  | (?P<other>   [$?@][A-Za-z0-9_]* )
  | (?P<end>     ; )
""", re.X | re.S)


def fail(path, text, at, why):
    sys.exit('%s:%d: %s' % (path, text.count('\n', 0, at) + 1, why))


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read().rstrip() + '\n'


def rewrite(path, text):
    """The PostgreSQL text and the parameter names of one statement."""
    names, out, last, ended = [], [], 0, False
    for m in TOKEN.finditer(text):
        kind = m.lastgroup
        if kind == 'cast':
            fail(path, text, m.start(), "'::' is not SQL that both stores read: write CAST(x AS BIGINT)")
        if kind == 'other':
            fail(path, text, m.start(), "parameters are written :name")
        if ended and kind != 'comment':
            fail(path, text, m.start(), 'one statement in a file')
        if ended and text[last:m.start()].strip():
            fail(path, text, last, 'one statement in a file')
        if kind == 'end':
            ended = True
            out.append(text[last:m.end()])
            last = m.end()
        if kind == 'param':
            name = m.group()[1:]
            if name not in names:
                names.append(name)
            out.append(text[last:m.start()] + '$%d' % (names.index(name) + 1))
            last = m.end()
    if ended and TOKEN.sub('', text[last:]).strip():
        fail(path, text, last, 'one statement in a file')
    return ''.join(out) + text[last:], names


FEED_COLUMNS = 32  # STORE_FEED_COLUMNS


def many(text, names):
    """The insert of all rows by one run: its values come from the virtual table store_feed (feed.c). None if it has another form."""
    body = re.sub(r'^--[^\n]*\n', '', text, flags=re.M)
    found = re.match(r'(INSERT INTO \w+ \([^()]*\)\s*)VALUES \(([^()]*)\)(.*)\Z', body, re.S)
    if not found or len(names) > FEED_COLUMNS or ':' in found.group(3) or 'RETURNING' in found.group(3):
        return None
    values = re.sub(r':([a-z_0-9]+)', lambda m: 'c%d' % names.index(m.group(1)), found.group(2))
    return found.group(1) + 'SELECT ' + values + ' FROM store_feed WHERE true' + found.group(3)


def statements(root):
    found = []
    for room in sorted(os.listdir(root)):
        folder = os.path.join(root, room)
        if not os.path.isdir(folder):
            continue
        for file in sorted(os.listdir(folder)):
            name, dot = os.path.splitext(file)
            if dot != '.sql' or name.startswith('.'):
                continue
            path = os.path.join(folder, file)
            if not NAME.match(name) or not NAME.match(room):
                sys.exit('%s: names are lower case letters, digits and _' % path)
            text = read(path)
            if not text.startswith('--'):
                fail(path, text, 0, 'begin with a -- comment that says what the statement is for')
            postgresql, names = rewrite(path, text)
            found.append((room, name, text, postgresql, names))
    return found


def migrations(root):
    found = []
    for file in sorted(os.listdir(root)):
        m = MIGRATION.match(file)
        if not m:
            if file.endswith('.sql'):
                sys.exit('%s: a migration is called NNNN_name.sql' % os.path.join(root, file))
            continue
        if int(m.group(1)) != len(found) + 1:
            sys.exit('%s: number %s, wanted %04d' % (os.path.join(root, file), m.group(1), len(found) + 1))
        found.append((file[:-4], read(os.path.join(root, file))))
    return found


def quoted(text):
    """A C string literal, one source line per text line."""
    return '\n        '.join('"%s"' % escape(line) for line in text.splitlines(True)) or '""'


def escape(line):
    out = []
    for b in line.encode('utf-8'):
        c = chr(b)
        if c == '\n':
            out.append('\\n')
        elif c in '"\\?':
            out.append('\\' + c)
        elif b < 32 or b > 126:
            out.append('\\%03o' % b)
        else:
            out.append(c)
    return ''.join(out)


def header(found):
    ids = ''.join('    SQL_%s_%s,\n' % (room, name) for room, name, *_ in found)
    return ('/* Made by embed_sql.py from src/store/sql: do not edit. */\n#ifndef STORE_SQL_H\n#define STORE_SQL_H\n'
            'typedef enum sql_id {\n%s    SQL_COUNT\n} sql_id;\n#endif\n' % ids)


def source(found, sqlite, postgresql):
    out = ['/* Made by embed_sql.py from src/store/sql and src/store/migrations: do not edit. */\n'
           '#pragma GCC diagnostic ignored "-Woverlength-strings" /* any compiler that reads -std=c17 takes more than the 4,095 that C promises */\n'
           '#include "sql.h"\n']
    for i, (_, _, _, _, names) in enumerate(found):
        out.append('static const char *const NAMES_%d[] = {%sNULL};\n' % (i, ''.join('"%s", ' % n for n in names)))
    out.append('\nconst sql_statement sql_statements[SQL_COUNT] = {\n')
    for i, (room, name, text, pg, names) in enumerate(found):
        feed = many(text, names)
        out.append('    {"%s/%s", NAMES_%d, %d,\n        %s,\n        %s,\n        %s},\n'
                   % (room, name, i, len(names), quoted(text), quoted(feed) if feed else 'NULL', quoted(pg)))
    out.append('};\n')
    for store, rows in (('sqlite', sqlite), ('postgresql', postgresql)):
        out.append('\nconst sql_migration sql_migrations_%s[] = {\n' % store)
        for name, text in rows:
            out.append('    {"%s",\n        %s},\n' % (name, quoted(text)))
        out.append('    {NULL, NULL}\n};\n')
    return ''.join(out)


def write(path, text):
    if os.path.exists(path):
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    root, h, c = sys.argv[1:4]
    found = statements(os.path.join(root, 'sql'))
    sqlite = migrations(os.path.join(root, 'migrations', 'sqlite'))
    postgresql = migrations(os.path.join(root, 'migrations', 'postgresql'))
    write(h, header(found))
    write(c, source(found, sqlite, postgresql))


main()
