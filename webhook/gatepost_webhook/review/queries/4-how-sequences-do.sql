-- How each sequence does
-- Of the people who entered a sequence: how many are inside, reached its end, or left it, and which mails went out.
SELECT
  sequence,
  count(*) AS entered,
  sum(state = 'active') AS inside,
  sum(state = 'finished') AS finished,
  sum(state = 'stopped') AS stopped,
  round(100.0 * sum(state = 'stopped') / count(*), 1) AS stopped_percent,
  (SELECT count(*) FROM mails WHERE mails.sequence = enrolments.sequence AND mails.state = 'sent') AS mails_sent,
  (SELECT count(*) FROM mails WHERE mails.sequence = enrolments.sequence AND mails.state = 'skipped') AS mails_skipped
FROM enrolments
GROUP BY sequence
ORDER BY entered DESC, sequence;
