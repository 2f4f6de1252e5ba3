-- book/observation_end.sql: another value took its place, or its delivery was undone. :id :link. No rows.
UPDATE observation SET ended = :link WHERE id = :id;
