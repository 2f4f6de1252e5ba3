-- The book: facts in the order in which they became known, and what is kept beside them so that reading is quick.
--
-- Numbers (id) are the book's own sequences, dense from 1 (parties from 0), the same on every store. Rows of facts are only
-- added. Derived, and recomputed by verify: identity, touch, flow_month, balance, and the columns called ended.
-- movement has no second index: a random one would cost ten times the row.
CREATE TABLE link (
    id             INTEGER PRIMARY KEY,
    known_us       INTEGER NOT NULL,
    hash           BLOB    NOT NULL,
    first_movement INTEGER NOT NULL,   -- the id its first movement has or would have
    movements      INTEGER NOT NULL,
    facts          INTEGER NOT NULL    -- lines that were hashed
) STRICT;

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE delivery (
    id                INTEGER PRIMARY KEY,
    link              INTEGER NOT NULL,
    source            INTEGER NOT NULL REFERENCES source (id),
    file              TEXT    NOT NULL,
    sheet             TEXT    NOT NULL,
    content           BLOB,
    bytes_hash        BLOB,
    user_name         TEXT    NOT NULL,
    note              TEXT    NOT NULL,
    first_movement    INTEGER NOT NULL,
    movements         INTEGER NOT NULL,
    first_observation INTEGER NOT NULL,
    observations      INTEGER NOT NULL,
    refused           INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_content ON delivery (content) WHERE content IS NOT NULL;

CREATE TABLE delivery_bytes (
    delivery   INTEGER PRIMARY KEY,
    byte_count INTEGER NOT NULL,
    bytes      BLOB    NOT NULL       -- zlib
) STRICT;

CREATE TABLE undo (
    id       INTEGER PRIMARY KEY,
    link     INTEGER NOT NULL,
    delivery INTEGER NOT NULL UNIQUE REFERENCES delivery (id)
) STRICT;

CREATE TABLE party (
    id       INTEGER PRIMARY KEY,
    link     INTEGER NOT NULL,
    code     TEXT    NOT NULL UNIQUE,
    class    TEXT    NOT NULL,
    delivery INTEGER NOT NULL,
    row_no   INTEGER NOT NULL
) STRICT;

CREATE TABLE party_fact (
    id         INTEGER PRIMARY KEY,
    link       INTEGER NOT NULL,
    party      INTEGER NOT NULL REFERENCES party (id),
    attr       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    valid_from INTEGER NOT NULL,
    delivery   INTEGER NOT NULL,
    row_no     INTEGER NOT NULL,
    ended      INTEGER NOT NULL       -- link that replaced it, 0 = live
) STRICT;
CREATE UNIQUE INDEX party_fact_live ON party_fact (party, attr, valid_from) WHERE ended = 0;

CREATE TABLE flow (
    id        INTEGER PRIMARY KEY,
    giver     INTEGER NOT NULL REFERENCES party (id),
    taker     INTEGER NOT NULL REFERENCES party (id),
    commodity TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    basis     INTEGER NOT NULL,
    UNIQUE (giver, taker, commodity, unit, kind, basis)
) STRICT;

CREATE TABLE movement (
    id       INTEGER PRIMARY KEY,
    grp      INTEGER NOT NULL,        -- id of the first movement of its group
    flow     INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    end_us   INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    row_no   INTEGER NOT NULL,
    row_less INTEGER NOT NULL,
    key      BLOB                     -- of the group, in its first movement
) STRICT;

CREATE TABLE supersession (
    id      INTEGER PRIMARY KEY,
    link    INTEGER NOT NULL,
    old_grp INTEGER NOT NULL UNIQUE,
    new_grp INTEGER NOT NULL          -- 0 = by nothing
) STRICT;

CREATE TABLE identity (
    source INTEGER NOT NULL,
    key    BLOB    NOT NULL,
    grp    INTEGER NOT NULL,          -- the newest group of this key
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE touch (
    flow  INTEGER NOT NULL,
    block INTEGER NOT NULL,       -- the ids block * 8192 to block * 8192 + 8191 hold movements of the flow
    PRIMARY KEY (flow, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_month (
    flow      INTEGER NOT NULL,
    month     INTEGER NOT NULL,
    known_day INTEGER NOT NULL,
    delta     INTEGER NOT NULL,
    parts     INTEGER NOT NULL,       -- movements that came less those that went
    PRIMARY KEY (flow, month, known_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance (
    party     INTEGER NOT NULL,
    commodity TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    posted    INTEGER NOT NULL,
    held      INTEGER NOT NULL,
    PRIMARY KEY (party, commodity, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    id         INTEGER PRIMARY KEY,
    link       INTEGER NOT NULL,
    key        TEXT    NOT NULL UNIQUE,
    party      INTEGER NOT NULL REFERENCES party (id),
    commodity  TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    amount     INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT;

CREATE TABLE hold_event (
    id     INTEGER PRIMARY KEY,
    link   INTEGER NOT NULL,
    hold   INTEGER NOT NULL REFERENCES hold (id),
    action TEXT    NOT NULL,          -- post void expire
    amount INTEGER NOT NULL,
    grp    INTEGER NOT NULL
) STRICT;
CREATE INDEX hold_event_hold ON hold_event (hold);

CREATE TABLE observation (
    id          INTEGER PRIMARY KEY,
    link        INTEGER NOT NULL,
    party       INTEGER NOT NULL REFERENCES party (id),
    statistic   TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    item        TEXT    NOT NULL,
    start_us    INTEGER NOT NULL,
    end_us      INTEGER NOT NULL,
    vintage     TEXT    NOT NULL,
    amount      INTEGER NOT NULL,
    scale       INTEGER NOT NULL,
    delivery    INTEGER NOT NULL,
    row_no      INTEGER NOT NULL,
    source_note TEXT    NOT NULL,
    ended       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX observation_live ON observation (party, statistic, item, start_us, end_us, vintage) WHERE ended = 0;

CREATE TABLE closing (
    id       INTEGER PRIMARY KEY,
    link     INTEGER NOT NULL,
    party    INTEGER NOT NULL REFERENCES party (id),
    start_us INTEGER NOT NULL,
    end_us   INTEGER NOT NULL,
    reopens  INTEGER NOT NULL,        -- the closing that this row opens again, 0 = it closes
    reason   TEXT    NOT NULL
) STRICT;

CREATE TABLE bound (
    id        INTEGER PRIMARY KEY,
    link      INTEGER NOT NULL,
    key       TEXT    NOT NULL,
    indicator TEXT    NOT NULL,
    party     INTEGER NOT NULL REFERENCES party (id),
    compare   INTEGER NOT NULL,
    value     TEXT    NOT NULL,
    value_hi  TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    start_us  INTEGER NOT NULL,
    end_us    INTEGER NOT NULL,
    base      TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    ended     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX bound_live ON bound (key) WHERE ended = 0;

CREATE TABLE edition (
    id         INTEGER PRIMARY KEY,
    link       INTEGER NOT NULL,
    key        TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    profile    TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    body_hash  BLOB    NOT NULL,
    rules_hash BLOB    NOT NULL
) STRICT;

CREATE TABLE rule_load (
    id       INTEGER PRIMARY KEY,
    link     INTEGER NOT NULL,
    pack     TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    known_us INTEGER NOT NULL
) STRICT;

CREATE TABLE rule_row (
    id        INTEGER PRIMARY KEY,
    link      INTEGER NOT NULL,
    pack      TEXT    NOT NULL,
    tbl       TEXT    NOT NULL,
    file      TEXT    NOT NULL,
    line      INTEGER NOT NULL,
    key       TEXT    NOT NULL,       -- key columns joined by U+001F
    cells     TEXT    NOT NULL,       -- cells joined by U+001F
    hash      BLOB    NOT NULL,
    from_load INTEGER NOT NULL,
    to_load   INTEGER NOT NULL,       -- the load that ended it, 0 = live
    from_us   INTEGER NOT NULL,
    to_us     INTEGER                 -- known until then, null = live
) STRICT;
CREATE INDEX rule_row_key ON rule_row (tbl, key);

-- Which fact of which table was ended by which link: what the columns called ended must say.
CREATE TABLE fact_end (
    id   INTEGER PRIMARY KEY,
    link INTEGER NOT NULL,
    tbl  TEXT    NOT NULL,
    fact INTEGER NOT NULL,
    UNIQUE (tbl, fact)
) STRICT;
