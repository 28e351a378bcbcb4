-- A lead may go through a sequence again: each time is a round, and no step is sent twice within one.
ALTER TABLE enrolment ADD COLUMN round {int} NOT NULL DEFAULT 1;
-- Why the lead came in: magnet, or a word of `enter` in sequence.yml with what it named; start for another sequence.
ALTER TABLE enrolment ADD COLUMN cause TEXT NOT NULL DEFAULT 'magnet';
-- IANA name of the lead's time zone; '' is not known.
ALTER TABLE lead ADD COLUMN zone TEXT NOT NULL DEFAULT '';
