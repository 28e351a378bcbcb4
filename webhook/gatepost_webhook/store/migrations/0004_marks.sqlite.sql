-- What a person does shows in the same transaction, whoever records it: they were active, and want a new score.
CREATE TRIGGER event_shows AFTER INSERT ON event WHEN new.kind IN ('confirmed', 'downloaded', 'visited')
BEGIN
  UPDATE lead SET last_activity_at = max(last_activity_at, new.at), scored_by = '' WHERE id = new.lead_id;
END;
CREATE TRIGGER lead_answers_change AFTER UPDATE OF fields ON lead WHEN new.fields <> old.fields
BEGIN
  UPDATE lead SET answers_kept = 0, scored_by = '' WHERE id = new.id;
END;
