-- book/entry_live_of.sql: live versions that came with a delivery. :delivery.
SELECT id, kind, key, version FROM entry WHERE delivery = :delivery AND ended = 0 ORDER BY id;
