"""What a team looks at while it writes: its sequences as mails. Part of the preview, never of a published site."""
