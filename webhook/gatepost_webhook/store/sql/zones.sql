-- name: set_zone!
-- A lead is in a time zone; what they chose themselves is never overruled by what a form makes of an answer.
UPDATE lead SET zone = :zone, zone_from = :source
WHERE id = :lead_id AND zone <> :zone AND (zone_from <> 'page' OR :source = 'page');

-- name: zone_of_lead^
-- The time zone of a lead.
SELECT zone FROM lead WHERE id = :lead_id;
