-- The ground: what is known about the database itself. The version stands in PRAGMA user_version, 'HENG' in application_id.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
