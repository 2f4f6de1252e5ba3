-- book/bound_page.sql: bounds in order with their known-time. :after :limit.
SELECT b.id, b.link, b.key, b.indicator, b.party, b.compare, b.value, b.value_hi, b.unit, b.start_us, b.end_us, b.base, b.source, b.ended, l.known_us
  FROM bound b LEFT JOIN link l ON l.id = b.link WHERE b.id > :after ORDER BY b.id LIMIT :limit;
