-- Mails that need a look
-- Failed and held mails with the reason: what did not arrive, or may not have.
SELECT mails.changed, leads.email, mails.kind, mails.sequence, mails.step, mails.state, mails.reason, mails.attempts,
  mails.message_id
FROM mails JOIN leads ON leads.id = mails.lead_id
WHERE mails.state IN ('failed', 'held')
ORDER BY mails.changed DESC;
