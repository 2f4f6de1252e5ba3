-- book/link_get.sql: one link. :id. Rows: id, known_us, hash, first_movement, movements, facts.
SELECT id, known_us, hash, first_movement, movements, facts FROM link WHERE id = :id;
