-- book/rule_load_stamp.sql: what stands for the rules as they are now: the hash of the link that brought the last pack. One row: hash.
SELECT link.hash
FROM rule_load JOIN link ON link.id = rule_load.link
ORDER BY rule_load.id DESC
LIMIT 1;
