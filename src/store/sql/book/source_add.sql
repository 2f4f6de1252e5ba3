-- book/source_add.sql: a new source. :id :name. No rows.
INSERT INTO source (id, name) VALUES (:id, :name);
