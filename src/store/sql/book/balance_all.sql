-- book/balance_all.sql: all balances, or those of a party (-1 = all). :party.
SELECT party, commodity, unit, posted, held FROM balance WHERE party = :party OR :party = -1 ORDER BY party, commodity, unit;
