-- book/movement_of_flow.sql: movements of a flow that touch [:from_us, :to_us), live as known at link :link.
SELECT m.id, m.grp, m.delivery, m.row_no, m.row_less, l.id, l.known_us, m.flow, m.amount, m.start_us, m.end_us, g.key, s.new_grp, sl.known_us
  FROM touch t
  JOIN movement m ON m.id BETWEEN t.block * 8192 AND t.block * 8192 + 8191
  JOIN delivery d ON d.id = m.delivery
  JOIN link l ON l.id = d.link
  JOIN movement g ON g.id = m.grp
  LEFT JOIN supersession s ON s.old_grp = m.grp AND s.link <= :link
  LEFT JOIN link sl ON sl.id = s.link
 WHERE t.flow = :flow AND d.link <= :link AND m.flow = :flow
   AND m.start_us < :to_us AND (m.end_us > :from_us OR (m.end_us = m.start_us AND m.start_us >= :from_us))
   AND s.old_grp IS NULL
 ORDER BY m.id;
