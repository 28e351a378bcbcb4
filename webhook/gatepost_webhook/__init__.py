"""The webhook half of Gatepost: takes submissions, keeps leads, follows them up, answers the owner."""
