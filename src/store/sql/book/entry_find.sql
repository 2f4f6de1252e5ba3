-- book/entry_find.sql: the newest version of a key, live (ended 0) or not. :kind :key.
SELECT id, version, body, ended FROM entry WHERE kind = :kind AND key = :key ORDER BY version DESC LIMIT 1;
