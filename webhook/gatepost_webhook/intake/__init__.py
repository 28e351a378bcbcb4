"""What a visitor sends: forms, the guard before them, consent."""
