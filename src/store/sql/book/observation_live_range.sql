-- book/observation_live_range.sql: live observations with ids from :first to :last. Rows: id, party, start_us, end_us.
SELECT id, party, start_us, end_us FROM observation WHERE id BETWEEN :first AND :last AND ended = 0 ORDER BY id;
