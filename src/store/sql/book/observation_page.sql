-- book/observation_page.sql: observations in order. :after :limit.
SELECT id, link, party, statistic, unit, item, start_us, end_us, vintage, amount, scale, delivery, row_no, source_note, ended
  FROM observation WHERE id > :after ORDER BY id LIMIT :limit;
