-- Where each mail came from, so that it can be traced, and made again after its bytes are gone.
-- File of the text, relative to the project; of our own texts "gatepost:confirm.md".
ALTER TABLE mail ADD COLUMN file TEXT NOT NULL DEFAULT '';
-- Commit of the project's files, '' when they are in no repository.
ALTER TABLE mail ADD COLUMN revision TEXT NOT NULL DEFAULT '';
-- Of a step: the version of its sequence (sequence_version.hash).
ALTER TABLE mail ADD COLUMN version TEXT NOT NULL DEFAULT '';
-- Name of the subject, when several compete.
ALTER TABLE mail ADD COLUMN variant TEXT NOT NULL DEFAULT '';
-- BCP 47: the language of the text.
ALTER TABLE mail ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- Epoch second at which the bytes were made: their Date, and what the times of their links count from.
ALTER TABLE mail ADD COLUMN written_at {int} NOT NULL DEFAULT 0;
-- Hexadecimal SHA-256 of the bytes.
ALTER TABLE mail ADD COLUMN data_hash TEXT NOT NULL DEFAULT '';
-- Bytes that are kept of what is over: they are let go in time.
CREATE INDEX mail_bytes ON mail(changed_at)
WHERE mime IS NOT NULL AND state IN ('sent', 'failed', 'skipped', 'cancelled');
