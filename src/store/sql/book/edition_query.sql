-- book/edition_query.sql: the edition of a key with its body, or (:key empty) all without bodies.
SELECT e.id, e.link, e.key, e.kind, e.name, e.address, e.profile, CASE WHEN :key = '' THEN '' ELSE e.body END, e.body_hash, e.rules_hash, l.known_us
  FROM edition e JOIN link l ON l.id = e.link WHERE :key = '' OR e.key = :key ORDER BY e.id;
