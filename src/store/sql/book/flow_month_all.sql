-- book/flow_month_all.sql: sums by flow and month of the months :first to :last, known on days up to :known_day. Rows: flow, month, known_day, delta, parts.
SELECT flow, month, known_day, delta, parts FROM flow_month
 WHERE month BETWEEN :first AND :last AND known_day <= :known_day ORDER BY flow, month, known_day;
