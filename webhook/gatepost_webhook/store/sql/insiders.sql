-- name: count_insiders
-- How many leads are inside which sequence, or have finished it, by the version with which they were planned last.
SELECT sequence, version, count(*) AS leads FROM enrolment
WHERE state = :state
  AND NOT EXISTS (
    SELECT 1 FROM enrolment AS later
    WHERE later.lead_id = enrolment.lead_id AND later.sequence = enrolment.sequence AND later.round > enrolment.round
  )
GROUP BY sequence, version ORDER BY sequence, version;

-- name: insiders_of_sequence
-- Who is inside a sequence, or has finished it, by the number of the lead, with what planning needs to know of them.
SELECT enrolment.id, enrolment.lead_id, enrolment.version, enrolment.submission_id, lead.email, lead.fields, lead.zone,
  lead.marketing_at IS NOT NULL AS consents,
  enrolment.cause = 'magnet' AND EXISTS (
    SELECT 1 FROM receipt WHERE receipt.lead_id = enrolment.lead_id
    AND receipt.submission_id = enrolment.submission_id AND purpose = 'course' AND act = 'confirmed'
  ) AS requested,
  preference.lead_id IS NOT NULL AS chose
FROM enrolment JOIN lead ON lead.id = enrolment.lead_id
LEFT JOIN preference ON preference.lead_id = enrolment.lead_id
WHERE enrolment.sequence = :sequence AND enrolment.state = :state
  AND NOT EXISTS (
    SELECT 1 FROM enrolment AS later
    WHERE later.lead_id = enrolment.lead_id AND later.sequence = enrolment.sequence AND later.round > enrolment.round
  )
ORDER BY enrolment.lead_id, enrolment.id;

-- name: events_of_insiders
-- What happened to those inside a sequence, as far as planning depends on it, by the number of the lead, oldest first.
SELECT event.lead_id, event.at, event.kind, event.magnet, event.sequence, event.step, event.detail FROM enrolment
JOIN event ON event.lead_id = enrolment.lead_id
WHERE enrolment.sequence = :sequence AND enrolment.state = :state
  AND NOT EXISTS (
    SELECT 1 FROM enrolment AS later
    WHERE later.lead_id = enrolment.lead_id AND later.sequence = enrolment.sequence AND later.round > enrolment.round
  )
  AND event.kind IN (
  'enrolled', 'sent', 'acted', 'skipped', 'failed', 'held', 'finished', 'stopped', 'reopened', 'renamed',
  'downloaded', 'tagged', 'staged', 'visited'
)
ORDER BY event.lead_id, event.id;
