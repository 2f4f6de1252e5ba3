-- book/party_fact_page.sql: facts about parties in order. :after :limit.
SELECT id, link, party, attr, value, valid_from, delivery, row_no, ended FROM party_fact WHERE id > :after ORDER BY id LIMIT :limit;
