-- name: reading_of^
-- How far somebody has read in the log.
SELECT event_id FROM reading WHERE reader = :reader;

-- name: events_after
-- What happened after an event, oldest first.
SELECT id, lead_id, at, kind, magnet, sequence, step, detail FROM event WHERE id > :after ORDER BY id LIMIT :limit;

-- name: move_reading!
-- Somebody has read on.
UPDATE reading SET event_id = :after WHERE reader = :reader AND event_id = :before;

-- name: last_lead^
-- The highest number of a lead.
SELECT max(id) AS id FROM lead;

-- name: seated_leads
-- Those of a span of leads who confirmed a request for a magnet, and were not in a sequence since, or too lately.
SELECT DISTINCT lead_id FROM submission
WHERE magnet = :magnet AND lead_id > :span_from AND lead_id <= :span_to AND confirmed_at IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM enrolment
    WHERE enrolment.lead_id = submission.lead_id AND enrolment.sequence = :sequence
      AND (
        enrolment.state = 'active' OR enrolment.started_at >= submission.confirmed_at
        OR coalesce(enrolment.ended_at + :again > :now, 1 = 1)
      )
  )
ORDER BY lead_id;
