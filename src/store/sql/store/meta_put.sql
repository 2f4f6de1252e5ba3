-- store/meta_put.sql: keep a word about the database itself (zone of the city, language, hash kind).
-- :key :value. An older value of the key is replaced. No rows.
INSERT INTO meta (key, value)
VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
