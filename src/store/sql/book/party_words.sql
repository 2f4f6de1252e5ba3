-- book/party_words.sql: which classes parties have: a pack may not take them away.
SELECT DISTINCT class FROM party;
