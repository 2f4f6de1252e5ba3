-- book/balance_all.sql: all balances, or those of a party (-1 = all). :party, :last (the party again, or 2^31-1 for all).
SELECT party, commodity, unit, posted, held FROM balance WHERE party BETWEEN :party AND :last ORDER BY party, commodity, unit;
