-- book/bound_end.sql: the same key has a newer bound. :id :link. No rows.
UPDATE bound SET ended = :link WHERE id = :id;
