-- book/hold_all.sql: holds known at link :link, of a party (-1 = all). Rows: as hold_find, key and last action.
SELECT h.id, h.party, h.commodity, h.unit, h.amount, h.expires_us,
       (SELECT coalesce(sum(e.amount), 0) FROM hold_event e WHERE e.hold = h.id AND e.action = 'post' AND e.link <= :link),
       (SELECT coalesce(sum(e.amount), 0) FROM hold_event e WHERE e.hold = h.id AND e.action <> 'post' AND e.link <= :link),
       h.key,
       (SELECT e.action FROM hold_event e WHERE e.hold = h.id AND e.link <= :link ORDER BY e.id DESC LIMIT 1)
  FROM hold h WHERE h.link <= :link AND (h.party = :party OR :party = -1) ORDER BY h.id;
