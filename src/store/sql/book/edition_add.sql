-- book/edition_add.sql: a frozen table. No rows.
INSERT INTO edition (id, link, key, kind, name, address, profile, body, body_hash, rules_hash)
VALUES (:id, :link, :key, :kind, :name, :address, :profile, :body, :body_hash, :rules_hash);
