-- name: candidates
-- Who of some leads may come into a sequence now: willing, proven, not in it, not lately, and not done with its topic.
SELECT id, canonical FROM lead
WHERE id IN EACH(:leads) AND marketing_at IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM submission
    WHERE lead_id = lead.id AND confirmed_at IS NOT NULL AND (:magnet = '' OR magnet = :magnet)
  )
  AND NOT EXISTS (
    SELECT 1 FROM enrolment
    WHERE lead_id = lead.id AND sequence = :sequence
      AND (state = 'active' OR coalesce(ended_at + :again > :now, 1 = 1))
  )
  AND NOT EXISTS (
    SELECT 1 FROM preference WHERE lead_id = lead.id AND :topic <> '' AND replace(topics_left, :topic, '') <> topics_left
  )
ORDER BY id;

-- name: last_enrolment^
-- The highest number of an enrolment.
SELECT coalesce(max(id), 0) AS id FROM enrolment;

-- name: enrol_crowd!
-- Enrol many leads in a sequence, each for their next round and by their last proven request.
INSERT INTO enrolment (lead_id, sequence, round, cause, submission_id, version, state, started_at)
SELECT lead.id, :sequence,
  1 + coalesce((SELECT max(round) FROM enrolment WHERE lead_id = lead.id AND sequence = :sequence), 0),
  :cause,
  (
    SELECT max(id) FROM submission
    WHERE lead_id = lead.id AND confirmed_at IS NOT NULL AND (:magnet = '' OR magnet = :magnet)
  ),
  :version, 'active', :now
FROM lead WHERE lead.id IN EACH(:leads) ORDER BY lead.id;

-- name: tell_of_crowd!
-- Record that everybody behind an enrolment was enrolled; the details end with each one's round.
INSERT INTO event (at, lead_id, kind, magnet, sequence, step, detail)
SELECT :now, enrolment.lead_id, 'enrolled', submission.magnet, :sequence, '', :detail || enrolment.round || '}'
FROM enrolment JOIN submission ON submission.id = enrolment.submission_id
WHERE enrolment.id > :behind ORDER BY enrolment.id;

-- name: zones_of_crowd
-- In which time zones those behind an enrolment are.
SELECT DISTINCT lead.zone FROM enrolment JOIN lead ON lead.id = enrolment.lead_id WHERE enrolment.id > :behind;

-- name: queue_crowd!
-- Queue the first step of everybody behind an enrolment who is in a time zone.
INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)
SELECT :kind, enrolment.lead_id, enrolment.submission_id, enrolment.id, :step, 'due', :due_at, :now, :now
FROM enrolment JOIN lead ON lead.id = enrolment.lead_id
WHERE enrolment.id > :behind AND lead.zone = :zone ORDER BY enrolment.id;
