-- book/observation_query.sql: observations live at link :link, by party (-1 = any), statistic ('' = any), item (:any_item = 1: any) inside a period.
SELECT o.id, o.party, o.statistic, o.unit, o.item, o.start_us, o.end_us, o.vintage, o.amount, o.scale, o.delivery, o.row_no, o.source_note, l.known_us,
       e.known_us
  FROM observation o JOIN link l ON l.id = o.link LEFT JOIN link e ON e.id = o.ended
 WHERE o.link <= :link AND (o.ended = 0 OR o.ended > :link)
   AND (o.party = :party OR :party = -1) AND (:statistic = '' OR o.statistic = :statistic) AND (:any_item = 1 OR o.item = :item)
   AND o.start_us >= :from_us AND o.end_us <= :to_us
 ORDER BY o.party, o.statistic, o.item, o.start_us, o.end_us, o.vintage;
