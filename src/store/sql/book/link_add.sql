-- book/link_add.sql: the link of a group commit, last of its transaction (book rule 4). No rows.
INSERT INTO link (id, known_us, hash, first_movement, movements, facts)
VALUES (:id, :known_us, :hash, :first_movement, :movements, :facts);
