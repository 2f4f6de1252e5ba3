-- book/entry_end.sql: the same key has a newer version, or its delivery was undone. :id :link. No rows.
UPDATE entry SET ended = :link WHERE id = :id;
