-- book/movement_range.sql: movements with ids from :first to :last.
SELECT id, grp, flow, amount, start_us, end_us FROM movement WHERE id BETWEEN :first AND :last ORDER BY id;
