-- book/movement_query.sql: movements by any of party, commodity, kind, time, source, run of ids; -1, '' and 0 mean any.
SELECT m.id, m.grp, m.delivery, m.row_no, m.row_less, l.id, l.known_us, m.flow, m.amount, m.start_us, m.end_us, g.key, s.new_grp, sl.known_us,
       f.giver, f.taker, f.commodity, f.unit, f.kind, f.basis
  FROM movement m
  JOIN movement g ON g.id = m.grp
  JOIN flow f ON f.id = m.flow
  JOIN delivery d ON d.id = m.delivery
  JOIN source so ON so.id = d.source
  JOIN link l ON l.id = d.link
  LEFT JOIN supersession s ON s.old_grp = m.grp AND s.link <= :link
  LEFT JOIN link sl ON sl.id = s.link
 WHERE m.id > :after_id AND m.id BETWEEN :first_id AND :last_id
   AND d.link <= :link
   AND (m.grp = :grp OR :grp = 0)
   AND (f.giver = :party OR f.taker = :party OR :party = -1)
   AND (:commodity = '' OR f.commodity = :commodity)
   AND (:kind = '' OR f.kind = :kind)
   AND (:source = '' OR so.name = :source)
   AND m.start_us < :to_us AND (m.end_us > :from_us OR (m.end_us = m.start_us AND m.start_us >= :from_us))
   AND (s.old_grp IS NULL OR :with_superseded = 1)
 ORDER BY m.id
 LIMIT :limit;
