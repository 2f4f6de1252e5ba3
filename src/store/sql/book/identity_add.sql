-- book/identity_add.sql: a new key and its group. Rows come in order of source and key, so that most inserts append. No rows.
INSERT INTO identity (source, key, grp) VALUES (:source, :key, :grp);
