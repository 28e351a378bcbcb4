-- name: add_report!
-- Note that a report is acted upon; nothing happens when it was before.
INSERT INTO report (key, at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING;

-- name: count_report!
-- Count what became of a report.
INSERT INTO report_count (source, verdict, count, latest_at) VALUES (:source, :verdict, 1, :now)
ON CONFLICT (source, verdict) DO UPDATE SET count = report_count.count + 1, latest_at = excluded.latest_at;

-- name: report_counts
-- What became of reports, by source.
SELECT source, verdict, count, latest_at FROM report_count ORDER BY source, verdict;

-- name: add_bounce!
-- Keep what came back.
INSERT INTO bounce (lead_id, mail_id, at, kind, status, diagnostic, source)
VALUES (:lead_id, :mail_id, :now, :kind, :status, :diagnostic, :source);

-- name: soft_bounced_mails^
-- How many mails to a lead bounced softly since an instant, and since the owner last lifted a suppression; a report
-- that names no mail counts as one.
SELECT count(DISTINCT coalesce(mail_id, -id)) AS mails FROM bounce
WHERE lead_id = :lead_id AND kind = 'soft' AND at > :since
  AND at > (SELECT coalesce(max(at), 0) FROM event WHERE event.lead_id = :lead_id AND event.kind = 'unsuppressed');

-- name: lead_of_mail^
-- Whose mail it is.
SELECT lead.id, lead.canonical, lead.confirmed_at FROM mail JOIN lead ON lead.id = mail.lead_id WHERE mail.id = :mail_id;

-- name: lead_of_canonical^
-- The lead behind a canonical address.
SELECT id, canonical, confirmed_at FROM lead WHERE canonical = :canonical;

-- name: lead_of_row^
-- One lead.
SELECT id, canonical, confirmed_at FROM lead WHERE id = :lead_id;

-- name: lead_of_enrolment^
-- Whose place in a sequence it is.
SELECT lead.id, lead.canonical, lead.confirmed_at FROM enrolment JOIN lead ON lead.id = enrolment.lead_id
WHERE enrolment.id = :enrolment_id;

-- name: complain!
-- A complaint is the strongest reason there is, whatever the address was suppressed for before.
INSERT INTO suppression (address, scope, reason, at, detail)
VALUES (:address, 'all', 'complained', :now, :detail)
ON CONFLICT (address, scope) DO UPDATE SET reason = 'complained', detail = excluded.detail
WHERE suppression.reason <> 'complained';

-- name: suppress_with_detail!
-- An address gets no mail of a scope any more.
INSERT INTO suppression (address, scope, reason, at, detail)
VALUES (:address, :scope, :reason, :now, :detail)
ON CONFLICT (address, scope) DO NOTHING;

-- name: suppressions_of
-- Why an address gets no mail.
SELECT scope, reason, at, detail FROM suppression WHERE address = :address ORDER BY scope;

-- name: suppression_counts
-- How many addresses get no mail, and why.
SELECT scope, reason, count(*) AS addresses, min(at) AS first_at, max(at) AS latest_at FROM suppression
GROUP BY scope, reason ORDER BY scope, reason;

-- name: lift_suppression!
-- An address may get mail of a scope again, unless the reason has become another one meanwhile.
DELETE FROM suppression WHERE address = :address AND scope = :scope AND reason = :reason;

-- name: addresses_of_leads
-- Every lead's address, as typed and as compared.
SELECT id, email, canonical FROM lead ORDER BY id;

-- name: every_suppression
-- Every suppressed address, as its hash.
SELECT address, scope, reason, at, detail FROM suppression;

-- name: every_bounce
-- What came back, in order.
SELECT id, lead_id, mail_id, at, kind, status, diagnostic, source FROM bounce ORDER BY id;
