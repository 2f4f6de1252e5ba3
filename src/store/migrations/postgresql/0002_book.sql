-- The book: facts in the order in which they became known, and what is kept beside them so that reading is quick.
--
-- Numbers (id) are the book's own sequences, dense from 1 (parties from 0), the same on every store. Rows of facts are only
-- added. Derived, and recomputed by verify: identity, touch, flow_month, balance, and the columns called ended.
-- movement has no second index: a random one would cost ten times the row.
CREATE TABLE link (
    id             BIGINT PRIMARY KEY,
    known_us       BIGINT  NOT NULL,
    hash           BYTEA   NOT NULL,
    first_movement BIGINT  NOT NULL,   -- the id its first movement has or would have
    movements      BIGINT  NOT NULL,
    facts          BIGINT  NOT NULL    -- lines that were hashed
);

CREATE TABLE source (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE delivery (
    id                BIGINT PRIMARY KEY,
    link              BIGINT  NOT NULL,
    source            BIGINT  NOT NULL REFERENCES source (id),
    file              TEXT    NOT NULL,
    sheet             TEXT    NOT NULL,
    content           BYTEA,
    bytes_hash        BYTEA,
    user_name         TEXT    NOT NULL,
    note              TEXT    NOT NULL,
    first_movement    BIGINT  NOT NULL,
    movements         BIGINT  NOT NULL,
    first_observation BIGINT  NOT NULL,
    observations      BIGINT  NOT NULL,
    refused           BIGINT  NOT NULL
);
CREATE INDEX delivery_content ON delivery (content) WHERE content IS NOT NULL;

CREATE TABLE delivery_bytes (
    delivery   BIGINT PRIMARY KEY,
    byte_count BIGINT  NOT NULL,
    bytes      BYTEA   NOT NULL       -- zlib
);

CREATE TABLE undo (
    id       BIGINT PRIMARY KEY,
    link     BIGINT  NOT NULL,
    delivery BIGINT  NOT NULL UNIQUE REFERENCES delivery (id)
);

CREATE TABLE party (
    id       BIGINT PRIMARY KEY,
    link     BIGINT  NOT NULL,
    code     TEXT    NOT NULL UNIQUE,
    class    TEXT    NOT NULL,
    delivery BIGINT  NOT NULL,
    row_no   BIGINT  NOT NULL
);

CREATE TABLE party_fact (
    id         BIGINT PRIMARY KEY,
    link       BIGINT  NOT NULL,
    party      BIGINT  NOT NULL REFERENCES party (id),
    attr       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    valid_from BIGINT  NOT NULL,
    delivery   BIGINT  NOT NULL,
    row_no     BIGINT  NOT NULL,
    ended      BIGINT  NOT NULL       -- link that replaced it, 0 = live
);
CREATE UNIQUE INDEX party_fact_live ON party_fact (party, attr, valid_from) WHERE ended = 0;

CREATE TABLE flow (
    id        BIGINT PRIMARY KEY,
    giver     BIGINT  NOT NULL REFERENCES party (id),
    taker     BIGINT  NOT NULL REFERENCES party (id),
    commodity TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    basis     BIGINT  NOT NULL,
    UNIQUE (giver, taker, commodity, unit, kind, basis)
);

CREATE TABLE movement (
    id       BIGINT PRIMARY KEY,
    grp      BIGINT  NOT NULL,        -- id of the first movement of its group
    flow     BIGINT  NOT NULL,
    amount   BIGINT  NOT NULL,
    start_us BIGINT  NOT NULL,
    end_us   BIGINT  NOT NULL,
    delivery BIGINT  NOT NULL,
    row_no   BIGINT  NOT NULL,
    row_less BIGINT  NOT NULL,
    key      BYTEA                    -- of the group, in its first movement
);

CREATE TABLE supersession (
    id      BIGINT PRIMARY KEY,
    link    BIGINT  NOT NULL,
    old_grp BIGINT  NOT NULL UNIQUE,
    new_grp BIGINT  NOT NULL          -- 0 = by nothing
);

CREATE TABLE identity (
    source BIGINT  NOT NULL,
    key    BYTEA   NOT NULL,
    grp    BIGINT  NOT NULL,          -- the newest group of this key
    PRIMARY KEY (source, key)
);

CREATE TABLE touch (
    flow  BIGINT  NOT NULL,
    block BIGINT  NOT NULL,       -- the ids block * 8192 to block * 8192 + 8191 hold movements of the flow
    PRIMARY KEY (flow, block)
);

CREATE TABLE flow_month (
    flow      BIGINT  NOT NULL,
    month     BIGINT  NOT NULL,
    known_day BIGINT  NOT NULL,
    delta     BIGINT  NOT NULL,
    parts     BIGINT  NOT NULL,       -- movements that came less those that went
    PRIMARY KEY (flow, month, known_day)
);

CREATE TABLE balance (
    party     BIGINT  NOT NULL,
    commodity TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    posted    BIGINT  NOT NULL,
    held      BIGINT  NOT NULL,
    PRIMARY KEY (party, commodity, unit)
);

CREATE TABLE hold (
    id         BIGINT PRIMARY KEY,
    link       BIGINT  NOT NULL,
    key        TEXT    NOT NULL UNIQUE,
    party      BIGINT  NOT NULL REFERENCES party (id),
    commodity  TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    amount     BIGINT  NOT NULL,
    expires_us BIGINT  NOT NULL
);

CREATE TABLE hold_event (
    id     BIGINT PRIMARY KEY,
    link   BIGINT  NOT NULL,
    hold   BIGINT  NOT NULL REFERENCES hold (id),
    action TEXT    NOT NULL,          -- post void expire
    amount BIGINT  NOT NULL,
    grp    BIGINT  NOT NULL
);
CREATE INDEX hold_event_hold ON hold_event (hold);

CREATE TABLE observation (
    id          BIGINT PRIMARY KEY,
    link        BIGINT  NOT NULL,
    party       BIGINT  NOT NULL REFERENCES party (id),
    statistic   TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    item        TEXT    NOT NULL,
    start_us    BIGINT  NOT NULL,
    end_us      BIGINT  NOT NULL,
    vintage     TEXT    NOT NULL,
    amount      BIGINT  NOT NULL,
    scale       BIGINT  NOT NULL,
    delivery    BIGINT  NOT NULL,
    row_no      BIGINT  NOT NULL,
    source_note TEXT    NOT NULL,
    ended       BIGINT  NOT NULL
);
CREATE UNIQUE INDEX observation_live ON observation (party, statistic, item, start_us, end_us, vintage) WHERE ended = 0;

CREATE TABLE closing (
    id       BIGINT PRIMARY KEY,
    link     BIGINT  NOT NULL,
    party    BIGINT  NOT NULL REFERENCES party (id),
    start_us BIGINT  NOT NULL,
    end_us   BIGINT  NOT NULL,
    reopens  BIGINT  NOT NULL,        -- the closing that this row opens again, 0 = it closes
    reason   TEXT    NOT NULL
);

CREATE TABLE bound (
    id        BIGINT PRIMARY KEY,
    link      BIGINT  NOT NULL,
    key       TEXT    NOT NULL,
    indicator TEXT    NOT NULL,
    party     BIGINT  NOT NULL REFERENCES party (id),
    compare   BIGINT  NOT NULL,
    value     TEXT    NOT NULL,
    value_hi  TEXT    NOT NULL,
    unit      TEXT    NOT NULL,
    start_us  BIGINT  NOT NULL,
    end_us    BIGINT  NOT NULL,
    base      TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    ended     BIGINT  NOT NULL
);
CREATE UNIQUE INDEX bound_live ON bound (key) WHERE ended = 0;

CREATE TABLE edition (
    id         BIGINT PRIMARY KEY,
    link       BIGINT  NOT NULL,
    key        TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    profile    TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    body_hash  BYTEA   NOT NULL,
    rules_hash BYTEA   NOT NULL
);

CREATE TABLE rule_load (
    id       BIGINT PRIMARY KEY,
    link     BIGINT  NOT NULL,
    pack     TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    hash     BYTEA   NOT NULL,
    known_us BIGINT  NOT NULL
);

CREATE TABLE rule_row (
    id        BIGINT PRIMARY KEY,
    link      BIGINT  NOT NULL,
    pack      TEXT    NOT NULL,
    tbl       TEXT    NOT NULL,
    file      TEXT    NOT NULL,
    line      BIGINT  NOT NULL,
    key       TEXT    NOT NULL,       -- key columns joined by U+001F
    cells     TEXT    NOT NULL,       -- cells joined by U+001F
    hash      BYTEA   NOT NULL,
    from_load BIGINT  NOT NULL,
    to_load   BIGINT  NOT NULL,       -- the load that ended it, 0 = live
    from_us   BIGINT  NOT NULL,
    to_us     BIGINT                  -- known until then, null = live
);
CREATE INDEX rule_row_key ON rule_row (tbl, key);

-- Which fact of which table was ended by which link: what the columns called ended must say.
CREATE TABLE fact_end (
    id   BIGINT PRIMARY KEY,
    link BIGINT  NOT NULL,
    tbl  TEXT    NOT NULL,
    fact BIGINT  NOT NULL,
    UNIQUE (tbl, fact)
);
