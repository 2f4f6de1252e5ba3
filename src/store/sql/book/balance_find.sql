-- book/balance_find.sql: what a party holds. Rows: posted, held.
SELECT posted, held FROM balance WHERE party = :party AND commodity = :commodity AND unit = :unit;
