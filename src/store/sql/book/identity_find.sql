-- book/identity_find.sql: the newest group of a key. :source :key. Rows: grp.
SELECT grp FROM identity WHERE source = :source AND key = :key;
