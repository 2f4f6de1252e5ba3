-- book/closing_page.sql: closings in order with their known-time. :after :limit.
SELECT c.id, c.link, c.party, c.start_us, c.end_us, c.reopens, c.reason, l.known_us
  FROM closing c LEFT JOIN link l ON l.id = c.link WHERE c.id > :after ORDER BY c.id LIMIT :limit;
