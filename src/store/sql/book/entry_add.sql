-- book/entry_add.sql: a version of a keyed text. No rows.
INSERT INTO entry (id, link, kind, key, version, body, delivery, row_no, ended) VALUES (:id, :link, :kind, :key, :version, :body, :delivery, :row_no, :ended);
