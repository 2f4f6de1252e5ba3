-- book/identity_move.sql: the key now names a newer group. No rows.
UPDATE identity SET grp = :grp WHERE source = :source AND key = :key;
