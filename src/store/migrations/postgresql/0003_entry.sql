-- Keyed texts of the rooms above the book: a row of a plan, a correction, a decision. The newest version of a key counts; an empty body withdraws it.
-- Keys are read by ranges of their bytes: one kind and the beginning of a key.
CREATE TABLE entry (
    id       BIGINT PRIMARY KEY,
    link     BIGINT NOT NULL,
    kind     TEXT COLLATE "C"    NOT NULL,
    key      TEXT COLLATE "C"    NOT NULL,
    version  BIGINT NOT NULL,       -- of this key, from 1
    body     TEXT    NOT NULL,
    delivery BIGINT NOT NULL,
    row_no   BIGINT NOT NULL,
    ended    BIGINT NOT NULL        -- link that replaced it, 0 = the newest of its key
);
CREATE UNIQUE INDEX entry_key ON entry (kind, key, version);
CREATE INDEX entry_delivery ON entry (delivery) WHERE ended = 0;
