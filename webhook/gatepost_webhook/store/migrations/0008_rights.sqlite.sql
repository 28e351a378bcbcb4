DROP TRIGGER event_stays;
CREATE TRIGGER event_stays BEFORE DELETE ON event
WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE lead_id = OLD.lead_id)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
DROP TRIGGER receipt_stays;
CREATE TRIGGER receipt_stays BEFORE DELETE ON receipt
WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE lead_id = OLD.lead_id)
BEGIN SELECT RAISE(ABORT, 'receipts are append-only'); END;
