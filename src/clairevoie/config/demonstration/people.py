"""Who lives in the demonstration: the cast, and some forty others."""

from __future__ import annotations

from dataclasses import dataclass

from clairevoie.accounts.models import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One person. ``joined`` and ``used`` are days before today; see ``scenes.py`` for the rest.

    ``term`` puts the last use so that the account's last lawful day is so many days from
    today; then ``used`` is not read.
    """

    key: str
    first_names: str
    last_name: str
    joined: int
    used: int = 0
    term: int | None = None
    pseudo: str | None = None
    role: Role = Role.LEARNER
    email: bool = True
    phone: str | None = None
    address: tuple[str, str, str] | None = None
    avatar: bool = False

    @property
    def mail(self) -> str | None:
        return f"{self.key}@courriel.example" if self.email else None


def _r(key: str, first_names: str, last_name: str, joined: int, used: int = 0) -> Resident:
    return Resident(
        key=key, first_names=first_names, last_name=last_name, joined=joined, used=used
    )


CAST: tuple[Resident, ...] = (
    Resident(
        key="alice",
        first_names="Alice",
        last_name="Martin",
        joined=210,
        pseudo="alice_m",
        phone="+33199000101",
        address=("12 rue des Lilas", "75020", "Paris"),
        avatar=True,
    ),
    Resident(
        key="bob",
        first_names="Bob",
        last_name="Lefèvre",
        joined=640,
        used=1,
        pseudo="bob",
        role=Role.TRAINER,
        avatar=True,
    ),
    Resident(
        key="charlie",
        first_names="Charlie",
        last_name="Nguyen",
        joined=190,
        used=2,
        pseudo="charlie_n",
        avatar=True,
    ),
    Resident(
        key="eve",
        first_names="Eve",
        last_name="Rousseau",
        joined=800,
        pseudo="eve",
        role=Role.ADMINISTRATOR,
        avatar=True,
    ),
    Resident(
        key="flora",
        first_names="Flora",
        last_name="Benali",
        joined=500,
        pseudo="flora",
        role=Role.ADVISOR,
        avatar=True,
    ),
    Resident(
        key="gaston",
        first_names="Gaston",
        last_name="Mercier",
        joined=700,
        used=3,
        pseudo="gaston",
        role=Role.ACCOUNTANT,
    ),
    Resident(
        key="helene",
        first_names="Hélène",
        last_name="Dubois",
        joined=790,
        pseudo="helene",
        role=Role.DPO,
        avatar=True,
    ),
)

ACTIVE: tuple[Resident, ...] = (
    Resident(  # the second reader of Bob's learners
        key="maya.caron",
        first_names="Maya",
        last_name="Caron",
        joined=300,
        used=1,
        role=Role.TRAINER,
    ),
    Resident(
        key="odile.tanguy",
        first_names="Odile",
        last_name="Tanguy",
        joined=420,
        used=1,
        role=Role.ARCHIVIST,
    ),
    Resident(
        key="amina.diallo",
        first_names="Amina",
        last_name="Diallo",
        joined=160,
        used=4,
        pseudo="amina",
        avatar=True,
    ),
    Resident(
        key="theo.garnier",
        first_names="Théo",
        last_name="Garnier",
        joined=150,
        used=6,
        pseudo="theo_g",
        avatar=True,
    ),
    Resident(
        key="ines.fontaine",
        first_names="Inès",
        last_name="Fontaine",
        joined=145,
        used=9,
        phone="+33199000112",
        address=("4 place du Marché", "44000", "Nantes"),
        avatar=True,
    ),
    _r("yann.le-goff", "Yann", "Le Goff", 140, 12),
    _r("sofia.moreau", "Sofia", "Moreau", 138, 15),
    _r("mehdi.haddad", "Mehdi", "Haddad", 131, 20),
    _r("claire.perrin", "Claire", "Perrin", 126, 22),
    _r("lucas.barbier", "Lucas", "Barbier", 120, 31),
    _r("noemie.roy", "Noémie", "Roy", 118, 44),
    _r("antoine.da-silva", "Antoine", "Da Silva", 112, 50),
    _r("julie.colin", "Julie", "Colin", 96, 60),
    _r("pierre.vidal", "Pierre", "Vidal", 90, 75),
    _r("maelle.guerin", "Maëlle", "Guérin", 400, 180),
    _r("karim.benali", "Karim", "Bensaïd", 520, 300),
    _r("elodie.lambert", "Élodie", "Lambert", 600, 410),
)

DORMANT: tuple[Resident, ...] = (
    _r("bruno.chevalier", "Bruno", "Chevalier", 1100, 780),
    _r("fatou.ndiaye", "Fatou", "Ndiaye", 1300, 900),
    _r("sylvie.marchand", "Sylvie", "Marchand", 1500, 1100),
    _r("olivier.brun", "Olivier", "Brun", 1700, 1300),
    _r("nadia.cherif", "Nadia", "Chérif", 1750, 1500),
    _r("paul.renaud", "Paul", "Renaud", 1800, 1650),
)

LEAVING: tuple[Resident, ...] = (
    Resident(key="marc.olivier", first_names="Marc", last_name="Olivier", joined=2100, term=60),
    Resident(key="lea.fabre", first_names="Léa", last_name="Fabre", joined=2000, term=60),
    Resident(key="hugo.picard", first_names="Hugo", last_name="Picard", joined=2200, term=30),
    Resident(key="alma.leroux", first_names="Alma", last_name="Leroux", joined=2050, term=30),
    Resident(key="rene.gauthier", first_names="René", last_name="Gauthier", joined=2300, term=7),
    Resident(key="louise.masson", first_names="Louise", last_name="Masson", joined=2150, term=0),
    Resident(key="gerard.noel", first_names="Gérard", last_name="Noël", joined=2150, term=0),
)

SPECIAL: tuple[Resident, ...] = (
    _r("kevin.marin", "Kévin", "Marin", 330, 70),  # suspended
    _r("dylan.prevost", "Dylan", "Prévost", 300, 100),  # suspended, then lifted
    _r("ophelie.simon", "Ophélie", "Simon", 420, 55),  # data locked: accuracy contested
    _r("victor.lemaire", "Victor", "Lemaire", 380, 90),  # data locked: objection examined
    _r("jeanne.aubert", "Jeanne", "Aubert", 460, 65),  # legal hold
    _r("thomas.gerard", "Thomas", "Gérard", 250, 1),  # closed the account today
    Resident(  # telephone alone
        key="samira.kaci",
        first_names="Samira",
        last_name="Kaci",
        joined=84,
        used=5,
        email=False,
        phone="+33199000141",
    ),
    Resident(
        key="jose.pires",
        first_names="José",
        last_name="Pires",
        joined=77,
        used=11,
        email=False,
        phone="+33199000142",
    ),
    _r("suryani", "", "Suryani", 66, 8),  # one name is a whole name (F-39)
    Resident(  # took the e-mail back: a pseudo and recovery codes remain (P-086)
        key="camille.roche",
        first_names="Camille",
        last_name="Roche",
        joined=240,
        used=7,
        pseudo="camille_r",
    ),
)

RESIDENTS: tuple[Resident, ...] = (*CAST, *ACTIVE, *DORMANT, *LEAVING, *SPECIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A person without an account; ``wrote`` is days before today, or ``term`` as above."""

    key: str
    wrote: int = 0
    term: int | None = None
    phone: str | None = None
    may_be_called: bool = False

    @property
    def mail(self) -> str:
        return f"{self.key}@courriel.example"


PROSPECTS: tuple[Prospect, ...] = (
    Prospect(key="dora.petit", wrote=12, phone="+33199000161", may_be_called=True),
    Prospect(key="ludovic.henry", wrote=130),
    Prospect(key="agathe.riviere", wrote=700, phone="+33199000163"),
    Prospect(key="xavier.blanc", term=0),
)
