-- book/party_fact_end.sql: another value for the same day took its place. :id :link. No rows.
UPDATE party_fact SET ended = :link WHERE id = :id;
