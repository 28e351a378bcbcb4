-- Erasing somebody deletes their submissions, and for each of them SQLite looks whether another row still names it:
-- without these it reads whole tables.
CREATE INDEX mail_submission ON mail(submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX receipt_submission ON receipt(submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX enrolment_submission ON enrolment(submission_id) WHERE submission_id IS NOT NULL;
