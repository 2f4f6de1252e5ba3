-- Keyed texts of the rooms above the book: a row of a plan, a correction, a decision. The newest version of a key counts; an empty body withdraws it.
-- Keys are read by ranges of their bytes: one kind and the beginning of a key.
CREATE TABLE entry (
    id       INTEGER PRIMARY KEY,
    link     INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    version  INTEGER NOT NULL,       -- of this key, from 1
    body     TEXT    NOT NULL,
    delivery INTEGER NOT NULL,
    row_no   INTEGER NOT NULL,
    ended    INTEGER NOT NULL        -- link that replaced it, 0 = the newest of its key
) STRICT;
CREATE UNIQUE INDEX entry_key ON entry (kind, key, version);
CREATE INDEX entry_delivery ON entry (delivery) WHERE ended = 0;
