"""What comes back changes what goes out: at once, once, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gatepost_webhook.bounces.report import Report
from gatepost_webhook.channels.channel import Later, Refused
from tests.webhook.bounces import samples

if TYPE_CHECKING:
    from tests.webhook.bounces.post import Post

DEAD = ("all", "bounced", "dsn 5.1.1")


def test_a_bounce_ends_everything_for_this_address_and_for_no_other(post: Post) -> None:
    post.sent_to_a_lead("ben@example.com")
    lead = post.sent_to_a_lead()
    post.desk.queue("delivery", lead)
    assert post.arrives(post.bounce()) == "done"
    assert post.suppressed() == [DEAD]
    assert post.kept() == [(3, "bounced", "5.1.1", "dsn")]
    assert [mail.recipient for mail in post.desk.run(days=3)] == ["ben@example.com"]
    states = post.desk.sql("SELECT state, reason FROM mail WHERE lead_id = :lead AND state <> 'sent'", lead=lead)
    assert states == [{"state": "cancelled", "reason": "bounced"}] * 2


def test_the_log_says_what_happened_without_a_word_of_the_other_side(post: Post) -> None:
    lead = post.sent_to_a_lead()
    post.arrives(post.bounce())
    events = post.desk.sql("SELECT kind, detail FROM event WHERE lead_id = :lead ORDER BY id DESC LIMIT 3", lead=lead)
    assert [event["kind"] for event in reversed(events)] == ["bounced", "suppressed", "stopped"]
    assert all("anna" not in str(event["detail"]) for event in events)


def test_a_report_that_is_told_twice_is_acted_upon_once(post: Post) -> None:
    post.sent_to_a_lead()
    assert [post.arrives(post.bounce("soft")) for _ in range(3)] == ["done", "repeated", "repeated"]
    assert len(post.kept()) == 1


def test_a_complaint_stops_everything_withdraws_the_consent_and_outweighs_every_other_reason(post: Post) -> None:
    lead = post.sent_to_a_lead()
    post.arrives(post.bounce())
    assert post.arrives(samples.complaint(post.message_id())) == "done"
    assert post.suppressed() == [("all", "complained", "arf")]
    assert post.desk.sql("SELECT marketing_at FROM lead WHERE id = :lead", lead=lead) == [{"marketing_at": None}]
    receipts = post.desk.sql("SELECT act, method FROM receipt ORDER BY id DESC LIMIT 1")
    assert receipts == [{"act": "withdrawn", "method": "complaint"}]
    post.tell(Report("bounced", "ses", "another", address="anna@example.com"))
    assert post.suppressed() == [("all", "complained", "arf")]


def test_three_mails_that_bounce_softly_within_a_week_make_an_address_dead(post: Post) -> None:
    post.sent_to_a_lead()
    told = [Report("soft", "ses", str(number), "4.2.2", address="anna@example.com") for number in range(3)]
    assert [(post.tell(report), post.suppressed()) for report in told[:2]] == [("done", [])] * 2
    post.tell(told[2])
    assert post.suppressed() == [("all", "bounced", "ses 4.2.2")]


def test_soft_bounces_of_more_than_a_week_or_of_one_mail_do_not(post: Post) -> None:
    post.sent_to_a_lead()
    for number in range(5):
        post.tell(Report("soft", "ses", str(number), address="anna@example.com"))
        post.desk.clock.advance(4 * 86_400)
    for number in range(5):
        post.tell(Report("soft", "dsn", str(number), mail=1))
    assert post.suppressed() == []


@pytest.mark.parametrize("kind", ["delayed", "blocked"])
def test_a_delay_and_a_refusal_that_is_about_us_are_notes_only(post: Post, kind: str) -> None:
    post.sent_to_a_lead()
    sample = next(sample for sample in samples.SAMPLES if sample.kind == kind)
    assert post.arrives(sample.mail(post.message_id())) == "done"
    assert (post.suppressed(), [row[1] for row in post.kept()]) == ([], [kind])
    assert len(post.desk.run(days=3)) == 1


def test_a_providers_unsubscription_ends_marketing_and_nothing_else(post: Post) -> None:
    lead = post.sent_to_a_lead()
    post.tell(Report("unsubscribed", "mailgun", "1", address="anna@example.com"))
    assert post.suppressed() == [("marketing", "unsubscribed", "mailgun")]
    post.desk.queue("delivery", lead)
    assert len(post.desk.run(days=30)) == 1


def test_a_bounce_that_is_forged_changes_nothing(post: Post) -> None:
    post.sent_to_a_lead()
    before = post.desk.sql("SELECT count(*) AS events FROM event")
    assert post.arrives(samples.SAMPLES[0].mail("v1.1.0123456789ab@example.org", "anna@example.com")) == "forged"
    assert (post.suppressed(), post.kept()) == ([], [])
    assert post.desk.sql("SELECT count(*) AS events FROM event") == before


def test_what_a_signed_callback_says_of_a_stranger_is_remembered_for_the_day_they_come(post: Post) -> None:
    post.tell(Report("complained", "ses", "1", address="new@example.com"))
    lead = post.desk.add_lead("new@example.com")
    post.desk.enrol(lead)
    assert post.desk.run(days=30) == []


def test_a_bounce_of_an_erased_lead_is_nobodys(post: Post) -> None:
    assert post.tell(Report("bounced", "dsn", "1", mail=999)) == "gone"


def test_what_the_relay_says_at_once_is_kept_like_what_comes_back(post: Post) -> None:
    lead = post.desk.add_lead()
    post.desk.enrol(lead)
    post.desk.end_with(Refused("550 5.1.1 no such user", dead=True))
    post.desk.run(days=1)
    assert post.kept() == [(1, "bounced", "5.1.1", "smtp")]
    assert post.suppressed() == [("all", "bounced", "smtp 5.1.1")]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("552 5.2.2 mailbox full", "soft"),
        ("550 no such user", "soft"),
        ("550 relaying denied", "blocked"),
        ("554 5.7.1 rejected as spam", "blocked"),
    ],
)
def test_a_refusal_counts_against_an_address_only_where_it_speaks_of_one_mailbox(
    post: Post, reply: str, kind: str
) -> None:
    lead = post.desk.add_lead()
    post.desk.enrol(lead)
    post.desk.end_with(Refused(reply, dead=False))
    post.desk.run(days=1)
    assert [row[1] for row in post.kept()] == [kind]
    assert post.suppressed() == []


def test_a_full_mailbox_that_a_mail_was_given_up_for_counts_and_a_busy_relay_does_not(post: Post) -> None:
    for email, reply in (("full@example.com", "452 4.2.2 mailbox full"), ("busy@example.com", "451 4.3.2 try later")):
        post.desk.queue("delivery", post.desk.add_lead(email))
        for _ in range(8):
            post.desk.end_with(Later(reply))
            post.desk.run(days=1)
    assert [row[1] for row in post.kept()] == ["soft", "blocked"]
