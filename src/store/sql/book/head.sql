-- book/head.sql: the last link and the last number of every sequence. One row.
SELECT (SELECT max(id) FROM link), (SELECT max(id) FROM source), (SELECT max(id) FROM delivery), (SELECT max(id) FROM undo),
       (SELECT max(id) FROM party), (SELECT max(id) FROM party_fact), (SELECT max(id) FROM flow), (SELECT max(id) FROM movement),
       (SELECT max(id) FROM supersession), (SELECT max(id) FROM hold), (SELECT max(id) FROM hold_event), (SELECT max(id) FROM observation),
       (SELECT max(id) FROM closing), (SELECT max(id) FROM bound), (SELECT max(id) FROM edition), (SELECT max(id) FROM rule_load),
       (SELECT max(id) FROM rule_row), (SELECT max(id) FROM fact_end),
       (SELECT max(id) FROM entry);
