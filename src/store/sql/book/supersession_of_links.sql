-- book/supersession_of_links.sql: the movements that left in the links :first to :last.
SELECT m.flow, m.amount, m.start_us, m.end_us
  FROM supersession s
  JOIN movement m ON m.id >= s.old_grp AND m.id < s.old_grp + 4096 AND m.grp = s.old_grp
 WHERE s.link BETWEEN :first AND :last;
