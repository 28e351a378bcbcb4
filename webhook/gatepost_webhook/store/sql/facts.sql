-- name: facts_of_lead^
-- What conditions may ask about a lead, as far as it is one value.
SELECT fields, created_at, marketing_at,
  (SELECT language FROM submission WHERE lead_id = lead.id ORDER BY id DESC LIMIT 1) AS language,
  coalesce((
    SELECT max(at) FROM event
    WHERE lead_id = lead.id AND kind IN ('confirmed', 'downloaded')
  ), created_at) AS last_activity_at
FROM lead WHERE id = :lead_id;

-- name: names_of_lead
-- What conditions may ask about a lead, as far as it is a set of names: (which set, name).
SELECT 'asked', magnet FROM submission WHERE lead_id = :lead_id
UNION ALL
SELECT 'confirmed', magnet FROM submission WHERE lead_id = :lead_id AND confirmed_at IS NOT NULL
UNION ALL
SELECT 'downloaded', magnet FROM submission WHERE lead_id = :lead_id AND downloaded_at IS NOT NULL
UNION ALL
SELECT 'inside', sequence FROM enrolment WHERE lead_id = :lead_id AND state = 'active'
UNION ALL
SELECT 'finished', sequence FROM enrolment WHERE lead_id = :lead_id AND state = 'finished';
