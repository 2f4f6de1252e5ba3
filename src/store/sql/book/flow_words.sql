-- book/flow_words.sql: which commodities, units and kinds flows and observations use: a pack may not take them away.
SELECT DISTINCT commodity, unit, kind, '' AS statistic FROM flow
UNION SELECT DISTINCT '', unit, '', statistic FROM observation
UNION SELECT DISTINCT commodity, unit, '', '' FROM hold;
