-- book/party_page.sql: parties in order. :after :limit.
SELECT id, link, code, class, delivery, row_no FROM party WHERE id > :after ORDER BY id LIMIT :limit;
