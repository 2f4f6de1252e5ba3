-- book/delivery_page.sql: deliveries in order with source, undoing link and how many entries of theirs are live. :after :limit.
SELECT d.id, d.link, s.name, d.file, d.sheet, d.content, d.bytes_hash, d.user_name, d.note, d.first_movement, d.movements, d.first_observation,
       d.observations, d.refused, u.link, d.source,
       (SELECT count(*) FROM entry e WHERE e.delivery = d.id AND e.ended = 0)
  FROM delivery d JOIN source s ON s.id = d.source LEFT JOIN undo u ON u.delivery = d.id
 WHERE d.id > :after ORDER BY d.id LIMIT :limit;
