"""What a consent covers: what was said when it was given, and nothing more.

The *facts* of an activity are what a person must know for their consent to be informed (GDPR
art. 4(11), 7, 13; EDPB 05/2020 § 64–65): who is responsible, why, which data, who receives
them actually, in which countries, for how long. Their *fingerprint* ignores case, accents,
punctuation and order: correcting a typo asks nobody anything again.

A consent covers the present facts when nothing was added to what was said; less than what was
said is covered. Whatever goes further needs a new consent (§ 110): decision 0061.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clairevoie import policy
from clairevoie.lib.duration import Duration
from clairevoie.policy import Activity, Policy, Role

Facts = Mapping[str, Any]  # as stored: plain JSON, written by :func:`facts_of`

_SAYINGS = ("purposes", "data", "joint_controllers", "countries")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is no longer as it was said; ``wider`` when a new consent is needed."""

    what: str  # a key of the facts
    before: tuple[str, ...]
    now: tuple[str, ...]
    wider: bool

    @property
    def lost(self) -> tuple[str, ...]:
        """What was said and is no longer so."""
        return tuple(text for text in self.before if _plain(text) not in _plains(self.now))

    @property
    def gained(self) -> tuple[str, ...]:
        """What was not said."""
        return tuple(text for text in self.now if _plain(text) not in _plains(self.before))


def facts_of(activity: Activity, *, of: Policy | None = None) -> dict[str, Any]:
    """The material facts of an activity, of the policy in force unless told otherwise."""
    whole = of or policy.current()
    served = [whole.recipients[code] for code in activity.recipients]
    served = [recipient for recipient in served if recipient.active]
    rules = [whole.retention[code] for code in activity.retention]
    return {
        "controller": whole.organisation.name,
        "basis": activity.basis.value,
        "purposes": list(activity.purposes),
        "data": list(activity.data),
        "sensitive": activity.sensitive,
        "joint_controllers": list(activity.joint_controllers),
        "recipients": [
            {"code": r.code, "name": r.name, "role": r.role.value, "countries": countries}
            for r in served
            if (countries := sorted({*r.countries_stored, *r.countries_transit}))
        ],
        "countries": sorted(
            {c for r in served for c in (*r.countries_stored, *r.countries_transit)}
        ),
        "retention": [
            {
                "code": rule.code,
                "title": rule.title,
                "for": "" if rule.duration is None else str(rule.duration),
                "from": rule.counted_from,
                "words": policy.in_words(rule),
                "clock": f"{rule.clock.value}:{rule.column or ''}",
            }
            for rule in rules
        ],
    }


def fingerprint_of(facts: Facts) -> str:
    """SHA-256 of the facts, typography and order aside."""
    canonical = json.dumps(
        _essence(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def present_fingerprint(activity: Activity) -> str:
    """The fingerprint of the activity as it is now."""
    return _present(policy.current().digest, activity)


@lru_cache(maxsize=256)
def _present(_digest: str, activity: Activity) -> str:
    """Asked by the gate for each message: a policy's digest stands for all that is in it."""
    return fingerprint_of(facts_of(activity))


def covers(said: Facts, now: Facts) -> bool:
    """Whether nothing in ``now`` goes beyond what was ``said``."""
    return not any(difference.wider for difference in differences(said, now))


def differences(said: Facts, now: Facts) -> list[Difference]:
    """What changed, in the order of the facts; a change of typography alone is none."""
    found = [
        _difference(key, [said[key]], [now[key]], wider=_plain(said[key]) != _plain(now[key]))
        for key in ("controller", "basis")
    ]
    for key in _SAYINGS:
        more = _plains(now[key]) - _plains(said[key])
        found.append(_difference(key, said[key], now[key], wider=bool(more)))
    found.append(_recipients(said, now))
    found.append(_retention(said, now))
    if said["sensitive"] != now["sensitive"]:
        found.append(Difference("sensitive", (), (), wider=bool(now["sensitive"])))
    return [difference for difference in found if difference is not None]


def _difference(
    key: str, before: Iterable[str], now: Iterable[str], *, wider: bool
) -> Difference | None:
    gone = {_plain(text) for text in before}, {_plain(text) for text in now}
    if gone[0] == gone[1]:
        return None
    return Difference(key, tuple(before), tuple(now), wider)


def _recipients(said: Facts, now: Facts) -> Difference | None:
    """A new controller is to be named (§ 65); a processor only where its country is new, which
    ``countries`` tells."""
    known = {recipient["code"] for recipient in said["recipients"]}
    new = [recipient for recipient in now["recipients"] if recipient["code"] not in known]
    return _difference(
        "recipients",
        [recipient["name"] for recipient in said["recipients"]],
        [recipient["name"] for recipient in now["recipients"]],
        wider=any(recipient["role"] != Role.PROCESSOR.value for recipient in new),
    )


def _retention(said: Facts, now: Facts) -> Difference | None:
    """Shorter is covered; longer, from another clock, or of one more copy is not."""
    known = {rule["code"]: rule for rule in said["retention"]}
    wider = any(
        rule["code"] not in known or _lasts_longer(known[rule["code"]], rule)
        for rule in now["retention"]
    )
    before, after = (tuple(rule["words"] for rule in facts["retention"]) for facts in (said, now))
    changed = _essence(said)["retention"] != _essence(now)["retention"]
    return Difference("retention", before, after, wider) if changed else None


def _lasts_longer(said: Mapping[str, str], now: Mapping[str, str]) -> bool:
    if said["clock"] != now["clock"]:
        return True
    if not said["for"] or not now["for"]:
        return said["for"] != now["for"]
    before, after = Duration.parse(said["for"]), Duration.parse(now["for"])
    return after.longest_days > before.longest_days


def _essence(facts: Facts) -> dict[str, Any]:
    """What matters of the facts, in one order."""
    return {
        "controller": _plain(facts["controller"]),
        "basis": facts["basis"],
        "sensitive": facts["sensitive"],
        **{key: sorted(_plains(facts[key])) for key in _SAYINGS},
        "recipients": sorted([r["code"], r["role"], r["countries"]] for r in facts["recipients"]),
        "retention": sorted([r["code"], r["for"], r["clock"]] for r in facts["retention"]),
    }


def _plains(texts: Iterable[str]) -> set[str]:
    return {_plain(text) for text in texts}


def _plain(text: str) -> str:
    """Letters and digits alone: accents, capitals and punctuation change no meaning."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", letters).strip()
