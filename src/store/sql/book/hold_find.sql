-- book/hold_find.sql: a hold by key with what was posted and what was released. :key.
SELECT h.id, h.party, h.commodity, h.unit, h.amount, h.expires_us,
       (SELECT coalesce(sum(e.amount), 0) FROM hold_event e WHERE e.hold = h.id AND e.action = 'post'),
       (SELECT coalesce(sum(e.amount), 0) FROM hold_event e WHERE e.hold = h.id AND e.action <> 'post')
  FROM hold h WHERE h.key = :key;
