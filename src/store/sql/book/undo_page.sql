-- book/undo_page.sql: undone deliveries in order of undoing. :after :limit.
SELECT id, link, delivery FROM undo WHERE id > :after ORDER BY id LIMIT :limit;
