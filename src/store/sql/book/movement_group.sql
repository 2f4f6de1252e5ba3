-- book/movement_group.sql: the movements of a group: they stand side by side. :grp.
SELECT id, grp, flow, amount, start_us, end_us, delivery
  FROM movement
 WHERE id >= :grp
   AND id < coalesce((SELECT m.id FROM movement m WHERE m.id > :grp AND m.grp <> :grp ORDER BY m.id LIMIT 1), 9223372036854775807)
 ORDER BY id;
