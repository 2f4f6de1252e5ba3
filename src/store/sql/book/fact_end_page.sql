-- book/fact_end_page.sql: ended facts in order of ending. :after :limit.
SELECT id, link, tbl, fact FROM fact_end WHERE id > :after ORDER BY id LIMIT :limit;
