-- book/rule_load_add.sql: a pack was loaded. No rows.
INSERT INTO rule_load (id, link, pack, version, hash, known_us) VALUES (:id, :link, :pack, :version, :hash, :known_us);
