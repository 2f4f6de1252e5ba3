-- book/party_fact_add.sql: a dated fact about a party. No rows.
INSERT INTO party_fact (id, link, party, attr, value, valid_from, delivery, row_no, ended)
VALUES (:id, :link, :party, :attr, :value, :valid_from, :delivery, :row_no, :ended);
