"""Contradictions between the entries of one policy: each is refused, with its mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clairevoie.lib.duration import Duration
from clairevoie.policy.identifiers import luhn, vat_number
from clairevoie.policy.model import (
    Activity,
    Basis,
    Clock,
    Ending,
    Importance,
    MessageCategory,
    Policy,
    Promise,
    Recipient,
    RetentionRule,
    Role,
)
from clairevoie.policy.quotations import look_up
from clairevoie.policy.table import Problems
from clairevoie.policy.tracker_checks import check_trackers

PROMISES = tuple(f"P-{number:03}" for number in range(1, 111))
GAPS = frozenset(f"F-{number:02}" for number in range(1, 41))

# Where no safeguard of GDPR chapter V is needed: the Union, Iceland, Liechtenstein, Norway.
EEA = frozenset(re.findall("..", "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEISITLILTLULVMTNLNOPLPTROSESISK"))
UNION = EEA - {"IS", "LI", "NO"}
CLAUSES = "clauses contractuelles types"  # what the notice promises for the United States
MAJOR_NOTICE = timedelta(days=14)  # P-008 [D]: a major version is announced two weeks before

_EXECUTOR = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*|test:[a-z]+(-[a-z]+)*")
_REFERENCE = re.compile(r"R-[A-Z]+(-[A-Z])?")
_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|[0-9a-f:]+:[0-9a-f:]*")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class _Judge:
    policy: Policy
    problems: Problems

    def note(self, file: str, key: str, mend: str) -> None:
        """Blame a key once: what could not even be read is not judged again."""
        if not self.problems.blames(f"{file}.toml", key):
            self.problems.note(f"{file}.toml", key, mend)

    def must_exist(self, file: str, key: str, codes: Iterable[str], where: str) -> None:
        """Every one of ``codes`` is an entry of ``where``.toml."""
        for code in codes:
            if code not in getattr(self.policy, where):
                self.note(file, key, f"names {code!r}, which {where}.toml does not have")


def cross_check(policy: Policy, problems: Problems) -> None:
    """Note everything that two entries say against each other."""
    judge = _Judge(policy, problems)
    _organisation(judge)
    for activity in policy.activities.values():
        _activity(judge, activity)
    for rule in policy.retention.values():
        _rule(judge, rule)
        _ceiling(judge, rule)
    for recipient in policy.recipients.values():
        _recipient(judge, recipient)
    check_trackers(policy, judge.note)
    for promise in policy.promises.values():
        _promise(judge, promise)
    _all_promises(judge)
    _nothing_unused(judge)
    _versions(judge)


def _organisation(judge: _Judge) -> None:
    who = judge.policy.organisation
    sound = len(who.siren) == 9 and luhn(who.siren)
    siret = len(who.siret) == 14 and luhn(who.siret) and who.siret.startswith(who.siren)
    vat = vat_number(who.siren) if sound else who.vat
    strange = ", ".join(address for address in who.emails if not _ADDRESS.fullmatch(address))
    for key, holds, mend in (
        ("siren", sound, "is not a SIREN: nine digits that pass Luhn's check"),
        ("siret", siret, "is not a SIRET of that SIREN: check its fourteen digits"),
        ("vat", who.vat == vat, f"does not match the SIREN; write {vat!r}"),
        ("postcode", _digits(who.postcode, 5), "is not a French postcode: five digits"),
        ("training-number", _digits(who.training_number, 11), "has eleven digits"),
        ("financial-year-end", _is_year_end(who.financial_year_end), "is a day such as '12-31'"),
        ("emails", not strange, f"holds {strange}: no e-mail address"),
        ("contact-email", who.contact_email in who.emails, "is not among emails; add it there"),
        ("officer.email", bool(_ADDRESS.fullmatch(who.officer.email)), "is no e-mail address"),
    ):
        if not holds:
            judge.note("organisation", key, mend)


def _digits(text: str, count: int) -> bool:
    return bool(re.fullmatch(rf"[0-9]{{{count}}}", text))


def _is_year_end(text: str) -> bool:
    """Whether ``MM-DD`` exists every year: 29 February does not."""
    try:
        return date.fromisoformat(f"2023-{text}").isoformat() == f"2023-{text}"
    except ValueError:
        return False


def _activity(judge: _Judge, activity: Activity) -> None:
    code = activity.code
    for key, codes, where in (
        ("retention", activity.retention, "retention"),
        ("recipients", activity.recipients, "recipients"),
        ("promises", activity.promises, "promises"),
    ):
        judge.must_exist("activities", f"{code}.{key}", codes, where)
    for gap in set(activity.gaps) - GAPS:
        judge.note("activities", f"{code}.gaps", f"names {gap!r}; the flags run F-01 … F-40")
    if not (activity.promises or activity.gaps):
        judge.note("activities", f"{code}.promises", "is empty: cite the notice, or a gap in it")
    if activity.updated_on < activity.created_on:
        judge.note("activities", f"{code}.updated-on", "is before created-on; correct one of them")
    weighs = activity.basis is Basis.LEGITIMATE_INTEREST
    if weighs != bool(activity.balancing):
        judge.note(
            "activities",
            f"{code}.balancing",
            "is missing: weigh the interests (art. 6(1)(f))"
            if weighs
            else "is only for basis = 'legitimate-interest'; remove it",
        )
    _category(judge, activity)
    _consent(judge, activity)
    _transfers(judge, activity)


def _category(judge: _Judge, activity: Activity) -> None:
    """What is sent has a category, and the right to stop it follows from the legal basis."""
    key, kept = f"{activity.code}.category", "message" in activity.retention
    if kept != (activity.category is not None):
        judge.note(
            "activities",
            key,
            "is missing: copies of its messages are kept (retention names 'message')"
            if kept
            else "names messages, whose copies need 'message' in retention; add it there",
        )
    if activity.mutable and activity.basis not in (Basis.CONSENT, Basis.LEGITIMATE_INTEREST):
        judge.note("activities", key, f"can be stopped: {activity.basis} is not refused")
    if activity.category is MessageCategory.NEWSLETTER and activity.basis is not Basis.CONSENT:
        judge.note("activities", key, "is promotion: basis = 'consent' alone (CPCE, art. L34-5)")


def _consent(judge: _Judge, activity: Activity) -> None:
    """Whatever rests on consent has the exact words people agree to, French at least (art. 7)."""
    asks = activity.basis is Basis.CONSENT
    if asks != ("fr" in activity.consent):
        judge.note(
            "activities",
            f"{activity.code}.consent",
            "is missing: write the exact words that people agree to, in French at least"
            if asks
            else "is only for basis = 'consent'; remove it",
        )
    for key in activity.covered_by:
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            judge.note("activities", f"{activity.code}.covered-by", f"{key!r} is no fingerprint")
    if activity.prospecting and not asks:
        judge.note("activities", f"{activity.code}.prospecting", "rests on consent (CPCE L34-5)")


def _transfers(judge: _Judge, activity: Activity) -> None:
    known = judge.policy.recipients
    abroad = [code for code in activity.recipients if code in known and _abroad(known[code])]
    key = f"{activity.code}.transfers"
    if abroad and not activity.transfers:
        judge.note("activities", key, f"is empty, yet {', '.join(abroad)} may leave the Union")
    if activity.transfers and not abroad:
        judge.note("activities", key, "names a transfer, yet every recipient stays in the Union")


def _abroad(recipient: Recipient) -> set[str]:
    return {*recipient.countries_stored, *recipient.countries_transit} - EEA


def _rule(judge: _Judge, rule: RetentionRule) -> None:
    code, rules = rule.code, judge.policy.retention
    if judge.problems.blames("retention.toml", f"{code}.from"):
        return  # what follows would be said of a clock nobody wrote
    judge.must_exist("retention", f"{code}.promises", rule.promises, "promises")
    if not _REFERENCE.fullmatch(rule.reference):
        judge.note("retention", f"{code}.reference", "is a code of promises.md C.2, as R-ACC")
    if (rule.duration is None) != (rule.clock is Clock.LAST_PURPOSE):
        judge.note(
            "retention",
            f"{code}.for",
            "is missing; say how long"
            if rule.duration is None
            else "has no meaning from 'last-purpose'; remove it",
        )
    if rule.archive_column and rule.clock is not Clock.RECORD:
        judge.note("retention", f"{code}.archive", "is only for a rule that counts from a record")
    if rule.waivable and not rule.outlives_erasure:
        judge.note("retention", f"{code}.waivable", "is only for a copy that outlives erasure")
    _notices(judge, rule)
    _same_copies(judge, rule, rules.get(rule.same_copies_as or ""))


def _notices(judge: _Judge, rule: RetentionRule) -> None:
    key = f"{rule.code}.notices"
    days = [notice.longest_days for notice in rule.notices]
    if days != sorted(set(days), reverse=True):
        judge.note("retention", key, "runs from the earliest to the last, as P60D, P30D, P7D")
    if rule.notices and rule.clock in (Clock.RECORD, Clock.LAST_PURPOSE):
        judge.note("retention", key, "is for a clock of the person; a record's end has no notice")
    if days and rule.duration and max(days) >= rule.duration.longest_days:
        judge.note("retention", key, "begins before the period itself; shorten the first notice")


def _same_copies(judge: _Judge, rule: RetentionRule, other: RetentionRule | None) -> None:
    key = f"{rule.code}.same-copies-as"
    if rule.same_copies_as is None:
        if rule.then is Ending.DORMANT:
            judge.note("retention", key, "is missing: a dormant rule says whose copies it hides")
        return
    if other is None or other is rule or other.same_copies_as:
        judge.note("retention", key, f"is {rule.same_copies_as!r}; name a rule that keeps copies")
    elif rule.then is Ending.DORMANT and _hides_too_late(rule, other):
        judge.note("retention", f"{rule.code}.for", f"hides no sooner than {other.code} erases")


def _hides_too_late(rule: RetentionRule, other: RetentionRule) -> bool:
    if rule.duration is None or other.duration is None or rule.clock is not other.clock:
        return False
    return _within(other.duration, rule.duration)


def _ceiling(judge: _Judge, rule: RetentionRule) -> None:
    """A rule stays within the notice, or names the flag that says the notice is silent.

    Within *every* version that names the maximum: a longer one binds only data collected under
    it (C.4), hence a new rule under a new name, never this one made longer.
    """
    key, versions = f"{rule.code}.under", judge.policy.versions
    if (rule.under is None) == (rule.gap is None) and rule.clock is not Clock.LAST_PURPOSE:
        judge.note("retention", key, "name the notice's maximum here, or its silence in gap")
    if rule.gap is not None and rule.gap not in GAPS:
        judge.note("retention", f"{rule.code}.gap", "is a flag of promises.md A.2: F-01 … F-40")
    if rule.under is None or not versions:
        return
    if rule.under not in versions[-1].maxima:
        known = ", ".join(versions[-1].maxima)
        judge.note("retention", key, f"is {rule.under!r}; the newest notice has {known}")
    for version in versions:
        most = version.maxima.get(rule.under)
        if most is not None and rule.duration is not None and not _within(rule.duration, most):
            judge.note(
                "retention",
                f"{rule.code}.for",
                f"is {rule.duration}, longer than the {most} that version {version.number} of the "
                f"notice promises ({rule.under}); shorten it",
            )


def _within(duration: Duration, most: Duration) -> bool:
    """Whether ``duration`` is never longer than ``most``, whatever the day it starts on."""
    if duration.months <= most.months and duration.days <= most.days:
        return True
    years, months = divmod(most.months, 12)
    return duration.longest_days <= years * 365 + months * 28 + most.days


def _recipient(judge: _Judge, recipient: Recipient) -> None:
    code = recipient.code
    judge.must_exist("recipients", f"{code}.promises", recipient.promises, "promises")
    named = [recipient.stands_for] if recipient.stands_for else []
    judge.must_exist("recipients", f"{code}.stands-for", named, "recipients")
    for key in ("countries-stored", "countries-transit"):
        for country in getattr(recipient, key.replace("-", "_")):
            if not re.fullmatch(r"[A-Z]{2}", country):
                judge.note("recipients", f"{code}.{key}", f"holds {country!r}; write it as 'FR'")
    _hosts(judge, recipient)
    _location(judge, recipient)
    if recipient.remuneration != "none":
        judge.note("recipients", f"{code}.remuneration", "is 'none': nothing is sold (P-064)")
    if recipient.role is Role.PROCESSOR and not recipient.reuse_forbidden:
        judge.note("recipients", f"{code}.reuse-forbidden", "is true for a processor (P-045)")
    if recipient.contract_on and recipient.review_due:
        if recipient.review_due <= recipient.contract_on:
            judge.note("recipients", f"{code}.review-due", "is not after contract-on")
    elif recipient.review_due:
        judge.note("recipients", f"{code}.contract-on", "is missing: what would be reviewed?")
    if recipient.active and recipient.hosts and recipient.role is Role.PROCESSOR:
        _contract(judge, recipient)


def _contract(judge: _Judge, recipient: Recipient) -> None:
    """Our server sends it data: not without a dated contract, reviewed in its turn (P-052)."""
    for key, day in (("contract-on", recipient.contract_on), ("review-due", recipient.review_due)):
        if day is None:
            judge.note("recipients", f"{recipient.code}.{key}", "is missing: it receives data")


def _location(judge: _Judge, recipient: Recipient) -> None:
    """What the notice says of places: kept in the Union; the United States under clauses, for
    the services that it lists."""
    code, american = recipient.code, "US" in _abroad(recipient)
    outside = ", ".join(sorted({*recipient.countries_stored} - UNION))
    if outside and "P-075" in recipient.promises:
        judge.note("recipients", f"{code}.countries-stored", f"leaves the Union for {outside}")
    if _abroad(recipient) and not recipient.safeguard:
        abroad = ", ".join(sorted(_abroad(recipient)))
        judge.note("recipients", f"{code}.safeguard", f"is missing for {abroad} (P-076)")
    elif american and CLAUSES not in recipient.safeguard.lower():
        judge.note("recipients", f"{code}.safeguard", f"names no « {CLAUSES} » (P-076)")
    hired = recipient.active and recipient.role is Role.PROCESSOR
    if american and hired and recipient.american_service is None:
        judge.note("recipients", f"{code}.american-service", "is missing for US (P-077)")
    if recipient.american_service and not american:
        judge.note("recipients", f"{code}.american-service", "goes with no country; remove it")


def _hosts(judge: _Judge, recipient: Recipient) -> None:
    for host in recipient.hosts:
        if not _HOST.fullmatch(host):
            key = f"{recipient.code}.hosts"
            judge.note("recipients", key, f"holds {host!r}; write 'smtp.exemple.fr'")


def _promise(judge: _Judge, promise: Promise) -> None:
    executor = promise.executor
    if executor is not None and not _EXECUTOR.fullmatch(executor):
        judge.note("promises", f"{promise.code}.executor", "is written app.verb or test:subject")
    elif executor and executor.startswith("retention."):
        rule = executor.removeprefix("retention.")
        judge.must_exist("promises", f"{promise.code}.executor", (rule,), "retention")
    _sentence(judge, promise)


def _sentence(judge: _Judge, promise: Promise) -> None:
    """The newest version that holds the sentence is the one whose lines are given."""
    found = [look_up(promise.sentence, version.text) for version in judge.policy.versions]
    whole = [quotation for quotation in found if quotation.absent is None]
    if found and not whole:
        mend = f"quotes « {found[-1].absent} », which is not in the notice; copy its own words"
        judge.note("promises", f"{promise.code}.sentence", mend)
    elif whole and promise.lines != whole[-1].places:
        judge.note("promises", f"{promise.code}.lines", f"is to be {whole[-1].places!r}")


def _all_promises(judge: _Judge) -> None:
    """Exactly P-001 … P-110, each carried by an activity."""
    written = judge.policy.promises
    carried = {code for each in judge.policy.activities.values() for code in each.promises}
    for code in PROMISES:
        if code not in written:
            judge.note("promises", code, "is missing; every promise of the notice is here")
        elif code not in carried:
            judge.note("promises", code, "is carried by no activity; name it in activities.toml")
    for code in written:
        if code not in PROMISES:
            judge.note("promises", code, f"is none of {PROMISES[0]} … {PROMISES[-1]}; remove it")


def _nothing_unused(judge: _Judge) -> None:
    activities = judge.policy.activities.values()
    for code in set(judge.policy.retention) - {c for a in activities for c in a.retention}:
        judge.note("retention", code, "is used by no activity; name it there, or remove it")
    used = {code for activity in activities for code in activity.recipients}
    used |= {code for code, r in judge.policy.recipients.items() if r.stands_for in used}
    for code in set(judge.policy.recipients) - used:
        judge.note("recipients", code, "is used by no activity; name it there, or remove it")


def _versions(judge: _Judge) -> None:
    versions = judge.policy.versions
    if not versions:
        judge.note("versions/1/meta", "", "is missing; publish the notice's first version")
    previous = None
    for position, version in enumerate(versions, start=1):
        file = f"versions/{version.number}/meta"
        if version.number != position:
            judge.note(file, "number", f"is {version.number}; versions run 1, 2, 3 without a gap")
        if (version.importance is Importance.FIRST) != (position == 1):
            judge.note(file, "importance", "is 'first' for version 1, 'minor' or 'major' after")
        if position > 1 and not version.reason:
            judge.note(file, "reason", "is missing; say why the notice changes")
        wait = MAJOR_NOTICE if version.importance is Importance.MAJOR else timedelta(0)
        if date.min < version.effective_on < version.published_on + wait:
            judge.note(file, "effective", f"is less than {wait.days} days after published (P-008)")
        if previous and version.published_on < previous.published_on:
            judge.note(file, "published", f"is before version {previous.number} was published")
        if previous and version.effective_on <= previous.effective_on:
            judge.note(file, "effective", f"is not after version {previous.number}'s")
        previous = version
