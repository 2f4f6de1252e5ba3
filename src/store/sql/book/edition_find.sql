-- book/edition_find.sql: an edition by key. :key.
SELECT id, kind, name, address, profile, body_hash FROM edition WHERE key = :key;
