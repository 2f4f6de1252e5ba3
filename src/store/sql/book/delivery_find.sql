-- book/delivery_find.sql: the same content of the same source before, taken in whole and not undone. :source :content. Rows: id, link.
SELECT d.id, d.link FROM delivery d
 WHERE d.content = :content AND d.content IS NOT NULL AND d.source = :source AND d.refused = 0
   AND NOT EXISTS (SELECT 1 FROM undo u WHERE u.delivery = d.id)
 ORDER BY d.id DESC LIMIT 1;
