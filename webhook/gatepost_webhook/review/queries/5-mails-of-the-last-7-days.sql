-- Mails of the last 7 days
-- What became of the mails, day by day: sent, skipped, failed, held, or still due. Counted back from the newest.
SELECT substr(changed, 1, 10) AS day, kind, state, count(*) AS mails
FROM mails
-- A demo's clock may be ahead of this machine's, so the last thing that happened is its today.
WHERE substr(changed, 1, 10) > date((SELECT max(changed) FROM mails), '-7 days')
GROUP BY day, kind, state
ORDER BY day DESC, kind, state;
