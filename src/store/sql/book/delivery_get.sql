-- book/delivery_get.sql: one delivery and whether it was undone. :id.
SELECT d.id, d.first_movement, d.movements, d.first_observation, d.observations, u.link
  FROM delivery d LEFT JOIN undo u ON u.delivery = d.id WHERE d.id = :id;
