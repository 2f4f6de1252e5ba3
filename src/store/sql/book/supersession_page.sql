-- book/supersession_page.sql: supersessions in order. :after :limit.
SELECT id, link, old_grp, new_grp FROM supersession WHERE id > :after ORDER BY id LIMIT :limit;
