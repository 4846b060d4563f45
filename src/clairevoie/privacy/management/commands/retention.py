"""``clairevoie retention plan|run|simulate``: what is due, doing it, what would come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy import copies, disk, outbox, retention
from clairevoie.privacy.console import VerbCommand, day, night_of, progress
from clairevoie.privacy.due import Due


class Command(VerbCommand):
    help = "Les durées de conservation : ce qui est dû, l’exécuter, prévoir ce qui partira."

    def add_verbs(self, verbs: Any) -> None:
        plan = verbs.add_parser("plan", help="Ce qui est dû, règle par règle ; ne change rien.")
        run = verbs.add_parser("run", help="L’exécute. Relancé, ne change plus rien.")
        for verb in (plan, run):
            verb.add_argument("--on", type=day, metavar="DATE", help="Par défaut aujourd’hui.")
        simulate = verbs.add_parser("simulate", help="Jour par jour, sur une copie des données.")
        simulate.add_argument("--until", type=day, required=True, metavar="DATE")

    def plan(self, *, on: date | None, as_json: bool, **_options: Any) -> None:
        plan = retention.plan(on or calendar.today())
        if as_json:
            self.answer({"on": plan.on, "total": plan.total, "due": [_due(d) for d in plan.due]})
            return
        rows = [
            (due.line.rule.code, due.line.what, due.count, due.skipped, due.oldest)
            for due in plan.due
            if due.count or due.skipped
        ]
        heads = (_("Règle"), _("Quoi"), _("Dû"), _("Verrouillé ou gelé"), _("Plus ancien"))
        self.show(_("Dû le %(day)s") % {"day": day_in_full(plan.on)}, heads, rows)

    def run(self, *, on: date | None, as_json: bool, **_options: Any) -> None:
        plan = retention.plan(on or calendar.today())
        with progress(_("Effacement"), plan.total) as advance:
            outcome = retention.carry_out(plan, progress=lambda _due, count: advance(count))
            retention.prove(on=plan.on)
        outbox.deliver(at=night_of(None))
        if outcome.total:
            disk.scrub()
        if as_json:
            self.answer(_outcome(outcome))
            return
        title = _("Exécuté pour le %(day)s") % {"day": day_in_full(outcome.on)}
        self.show(title, (_("Règle"), _("Quoi"), _("Combien")), list(outcome.done))

    def simulate(self, *, until: date, as_json: bool, **_options: Any) -> None:
        today = calendar.today()
        if until < today:
            raise CommandError(_("La simulation regarde l’avenir : donnez une date à venir."))
        with copies.on_a_copy(), progress(_("Jours parcourus"), (until - today).days) as advance:
            days = list(_walk(until, today, advance))
        if as_json:
            self.answer({"from": today, "until": until, "days": [_outcome(d) for d in days]})
            return
        rows = [(day_in_full(d.on), rule, what, n) for d in days for rule, what, n in d.done]
        heads = (_("Jour"), _("Règle"), _("Quoi"), _("Combien"))
        title = _("Ce qui partirait d’ici le %(day)s") % {"day": day_in_full(until)}
        self.show(title, heads, rows)


def _walk(until: date, today: date, advance: Any) -> Iterable[retention.Outcome]:
    for outcome in retention.simulate(start=today, until=until):
        advance(0, completed=(outcome.on - today).days)
        yield outcome


def _due(due: Due) -> dict[str, Any]:
    return {
        "rule": due.line.rule.code,
        "what": due.line.what,
        "count": due.count,
        "skipped": due.skipped,
        "oldest": due.oldest,
        "latest": due.latest,
    }


def _outcome(outcome: retention.Outcome) -> dict[str, Any]:
    done = [{"rule": rule, "what": what, "count": count} for rule, what, count in outcome.done]
    return {"on": outcome.on, "total": outcome.total, "done": done}
