-- book/ended_wrong.sql: a fact whose ended mark is not what the record of endings says. Rows: at most one, table and id.
SELECT 'party_fact' AS tbl, f.id AS fact FROM party_fact f LEFT JOIN fact_end e ON e.tbl = 'party_fact' AND e.fact = f.id WHERE f.ended <> coalesce(e.link, 0)
UNION ALL
SELECT 'observation', f.id FROM observation f LEFT JOIN fact_end e ON e.tbl = 'observation' AND e.fact = f.id WHERE f.ended <> coalesce(e.link, 0)
UNION ALL
SELECT 'bound', f.id FROM bound f LEFT JOIN fact_end e ON e.tbl = 'bound' AND e.fact = f.id WHERE f.ended <> coalesce(e.link, 0)
UNION ALL
SELECT 'entry', f.id FROM entry f LEFT JOIN fact_end e ON e.tbl = 'entry' AND e.fact = f.id WHERE f.ended <> coalesce(e.link, 0)
UNION ALL
SELECT 'rule_row', f.id FROM rule_row f LEFT JOIN fact_end e ON e.tbl = 'rule_row' AND e.fact = f.id
  LEFT JOIN rule_load r ON r.id = f.to_load LEFT JOIN link l ON l.id = e.link
 WHERE (f.to_load = 0) <> (e.id IS NULL) OR (f.to_load <> 0 AND (r.link IS NULL OR r.link <> e.link OR f.to_us IS NULL OR f.to_us <> l.known_us))
    OR (f.to_load = 0 AND f.to_us IS NOT NULL)
LIMIT 1;
