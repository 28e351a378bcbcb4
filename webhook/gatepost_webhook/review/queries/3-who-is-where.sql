-- Who is where in which sequence
-- Everybody who is being followed up, the next mail first; then those whose sequence ended, and why.
SELECT
  leads.email,
  enrolments.sequence,
  enrolments.state,
  enrolments.next_step,
  enrolments.next_mail,
  count(mails.id) AS mails_sent,
  enrolments.started,
  enrolments.ended,
  enrolments.reason
FROM enrolments
JOIN leads ON leads.id = enrolments.lead_id
LEFT JOIN mails ON mails.enrolment_id = enrolments.id AND mails.state = 'sent'
GROUP BY enrolments.id
ORDER BY enrolments.state <> 'active', enrolments.next_mail IS NULL, enrolments.next_mail, enrolments.ended DESC;
