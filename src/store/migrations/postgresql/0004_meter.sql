-- Meters: the numbers of channels, takes of readings, the journal of what is not yet in blocks, one block a channel and day, what gates hold back.
-- The id of a block is day * 2^38 + channel * 2^16 + version: rows arrive in the order of days, and a channel's day is found without a second index.
-- Version 0 is an open day (rewritten as it grows, link 0, not chained); from 1 on each closing is a row that stays, with the link it came with.
CREATE TABLE meter_channel (
    id        BIGINT  PRIMARY KEY,   -- the store's own number, never in the chain
    code      TEXT    NOT NULL UNIQUE,
    first_day BIGINT  NOT NULL,      -- days that have blocks; first > last: none
    last_day  BIGINT  NOT NULL
);

CREATE TABLE meter_take (
    id       BIGINT  PRIMARY KEY,
    known_us BIGINT  NOT NULL,
    link     BIGINT  NOT NULL,       -- of the days it closed, 0 = none
    readings BIGINT  NOT NULL,       -- taken, without what existed
    source   TEXT    NOT NULL,
    delivery BIGINT  NOT NULL
);

CREATE TABLE meter_journal (
    take     BIGINT  PRIMARY KEY,    -- of its newest reading
    readings BIGINT  NOT NULL,
    body     BYTEA   NOT NULL        -- columns channel, time, count, flag, take
);

CREATE TABLE meter_block (
    id      BIGINT  PRIMARY KEY,
    link    BIGINT  NOT NULL,
    ended   BIGINT  NOT NULL,        -- link of the next version, 0 = the newest
    count   BIGINT  NOT NULL,        -- readings that stand
    quality BIGINT  NOT NULL,        -- how many are estimated, suspect; resets; marks of the day
    sum     BIGINT  NOT NULL,        -- exact, in counts
    first   BIGINT  NOT NULL,
    last    BIGINT  NOT NULL,
    low     BIGINT  NOT NULL,
    high    BIGINT  NOT NULL,
    body    BYTEA   NOT NULL         -- src/meter/block.h; empty: a day between two readings of a counter
);
CREATE INDEX meter_block_open ON meter_block (id) WHERE link = 0;

CREATE TABLE meter_held (
    id       BIGINT  PRIMARY KEY,
    take     BIGINT  NOT NULL,
    channel  BIGINT  NOT NULL,
    time_us  BIGINT  NOT NULL,
    value    BIGINT  NOT NULL,
    flag     BIGINT  NOT NULL,
    gate     BIGINT  NOT NULL,
    source   TEXT    NOT NULL,
    known_us BIGINT  NOT NULL,
    state    TEXT    NOT NULL,       -- '' open, accept, correct, drop
    who      TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    ended_us BIGINT  NOT NULL
);
