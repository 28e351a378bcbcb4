-- Consent receipts of one lead
-- What one person agreed to and when, in the exact words. Type the e-mail address.
SELECT receipts.at, receipts.act, receipts.method, receipts.purpose, receipts.wording, receipts.page,
  receipts.message_id
FROM receipts JOIN leads ON leads.id = receipts.lead_id
WHERE ltrim(leads.email, '''') = trim(:email) COLLATE NOCASE
ORDER BY receipts.id;
