-- book/party_fact_of.sql: all that was ever said about a party. :party.
SELECT f.attr, f.value, f.valid_from, f.delivery, f.row_no, l.known_us, e.known_us
  FROM party_fact f JOIN link l ON l.id = f.link LEFT JOIN link e ON e.id = f.ended
 WHERE f.party = :party ORDER BY f.attr, f.valid_from, f.id;
