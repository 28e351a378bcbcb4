-- name: facts_of_lead^
-- What conditions may ask about a lead, as far as it is one value.
SELECT fields, stage, score, created_at, marketing_at,
  (SELECT language FROM submission WHERE lead_id = lead.id ORDER BY id DESC LIMIT 1) AS language,
  CASE WHEN last_activity_at > created_at THEN last_activity_at ELSE created_at END AS last_activity_at
FROM lead WHERE id = :lead_id;

-- name: names_of_lead
-- What conditions may ask about a lead, as far as it is a set of names: (which set, name).
SELECT 'tags', tag FROM lead_tag WHERE lead_id = :lead_id
UNION ALL
SELECT 'asked', magnet FROM submission WHERE lead_id = :lead_id
UNION ALL
SELECT 'confirmed', magnet FROM submission WHERE lead_id = :lead_id AND confirmed_at IS NOT NULL
UNION ALL
SELECT 'downloaded', magnet FROM submission WHERE lead_id = :lead_id AND downloaded_at IS NOT NULL
UNION ALL
SELECT 'visited', page FROM lead_visit WHERE lead_id = :lead_id
UNION ALL
SELECT 'inside', sequence FROM enrolment WHERE lead_id = :lead_id AND state = 'active'
UNION ALL
SELECT 'finished', sequence FROM event WHERE lead_id = :lead_id AND kind = 'finished';
