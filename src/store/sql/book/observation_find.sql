-- book/observation_find.sql: the live observation of a key. Rows: id, unit, amount, scale, source_note.
SELECT id, unit, amount, scale, source_note FROM observation
 WHERE party = :party AND statistic = :statistic AND item = :item AND start_us = :start_us AND end_us = :end_us AND vintage = :vintage AND ended = 0;
