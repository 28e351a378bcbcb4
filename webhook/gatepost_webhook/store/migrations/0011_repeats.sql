-- A second press of the button is looked for among its lead's own submissions: an index over all fingerprints made each
-- submission write one more page, somewhere in a file that grows.
DROP INDEX submission_fingerprint;
