-- name: add_event!
-- Record that something happened.
INSERT INTO event (at, lead_id, kind, magnet, sequence, step, detail)
VALUES (:at, :lead_id, :kind, :magnet, :sequence, :step, :detail);

-- name: suppression_of
-- Scopes in which an address gets no mail.
SELECT scope, reason, at FROM suppression WHERE address = :address;

-- name: newest_event_at^
-- When something happened last.
SELECT coalesce(max(at), 0) AS at FROM event;

-- name: next_mail_at^
-- When the next mail is due.
SELECT min(due_at) AS at FROM mail WHERE state = 'due';
