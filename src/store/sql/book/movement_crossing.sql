-- book/movement_crossing.sql: live movements that reach into a period and beyond it, by the ends of their flows: what the
-- period has of them is a share (book.h, book_crossing). :from_us :to_us :link (as known with that link). Reads all movements.
-- Rows: giver, taker, how many.
SELECT f.giver, f.taker, count(*)
FROM movement m
JOIN flow f ON f.id = m.flow
LEFT JOIN supersession s ON s.old_grp = m.grp AND s.link <= :link
WHERE s.old_grp IS NULL AND m.start_us < :to_us AND m.end_us > :from_us AND (m.start_us < :from_us OR m.end_us > :to_us)
GROUP BY f.giver, f.taker
ORDER BY f.giver, f.taker;
