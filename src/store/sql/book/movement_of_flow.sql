-- book/movement_of_flow.sql: movements of a flow that touch [:from_us, :to_us), live as known at link :link.
SELECT m.id, m.grp, m.delivery, m.row_no, m.row_less, l.id, l.known_us, m.flow, m.amount, m.start_us, m.end_us, g.key, s.new_grp, sl.known_us
  FROM touch t
  JOIN link l ON l.id = t.link
  JOIN movement m ON m.id BETWEEN l.first_movement AND l.first_movement + l.movements - 1
  JOIN movement g ON g.id = m.grp
  LEFT JOIN supersession s ON s.old_grp = m.grp AND s.link <= :link
  LEFT JOIN link sl ON sl.id = s.link
 WHERE t.flow = :flow AND t.link <= :link AND m.flow = :flow
   AND m.start_us < :to_us AND (m.end_us > :from_us OR (m.end_us = m.start_us AND m.start_us >= :from_us))
   AND s.old_grp IS NULL
 ORDER BY m.id;
