-- Meters: the numbers of channels, takes of readings, the journal of what is not yet in blocks, one block a channel and day, what gates hold back.
-- The id of a block is day * 2^38 + channel * 2^16 + version: rows arrive in the order of days, and a channel's day is found without a second index.
-- Version 0 is an open day (rewritten as it grows, link 0, not chained); from 1 on each closing is a row that stays, with the link it came with.
CREATE TABLE meter_channel (
    id        INTEGER PRIMARY KEY,   -- the store's own number, never in the chain
    code      TEXT    NOT NULL UNIQUE,
    first_day INTEGER NOT NULL,      -- days that have blocks; first > last: none
    last_day  INTEGER NOT NULL
) STRICT;

CREATE TABLE meter_take (
    id       INTEGER PRIMARY KEY,
    known_us INTEGER NOT NULL,
    link     INTEGER NOT NULL,       -- of the days it closed, 0 = none
    readings INTEGER NOT NULL,       -- taken, without what existed
    source   TEXT    NOT NULL,
    delivery INTEGER NOT NULL
) STRICT;

CREATE TABLE meter_journal (
    take     INTEGER PRIMARY KEY,    -- of its newest reading
    readings INTEGER NOT NULL,
    body     BLOB    NOT NULL        -- columns channel, time, count, flag, take
) STRICT;

CREATE TABLE meter_block (
    id      INTEGER PRIMARY KEY,
    link    INTEGER NOT NULL,
    ended   INTEGER NOT NULL,        -- link of the next version, 0 = the newest
    count   INTEGER NOT NULL,        -- readings that stand
    quality INTEGER NOT NULL,        -- how many are estimated, suspect; resets; marks of the day
    sum     INTEGER NOT NULL,        -- exact, in counts
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    low     INTEGER NOT NULL,
    high    INTEGER NOT NULL,
    body    BLOB    NOT NULL         -- src/meter/block.h; empty: a day between two readings of a counter
) STRICT;
CREATE INDEX meter_block_open ON meter_block (id) WHERE link = 0;

CREATE TABLE meter_held (
    id       INTEGER PRIMARY KEY,
    take     INTEGER NOT NULL,
    channel  INTEGER NOT NULL,
    time_us  INTEGER NOT NULL,
    value    INTEGER NOT NULL,
    flag     INTEGER NOT NULL,
    gate     INTEGER NOT NULL,
    source   TEXT    NOT NULL,
    known_us INTEGER NOT NULL,
    state    TEXT    NOT NULL,       -- '' open, accept, correct, drop
    who      TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT;
