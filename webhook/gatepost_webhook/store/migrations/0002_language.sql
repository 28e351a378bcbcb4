-- The language of the form that was sent (BCP 47), so that pages and mails answer in it; '' is not known.
ALTER TABLE submission ADD COLUMN language TEXT NOT NULL DEFAULT '';
