"""What the letters of the demonstration say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One letter."""

    title: str
    preheader: str
    topics: str
    body: str  # « {picture} » stands where the picture goes
    picture: str = ""  # what it shows


# code, name, description
TOPICS = (
    ("parcours", "Parcours et modules", "les nouvelles formations et les dates de rentrée"),
    ("ateliers", "Ateliers du samedi", "deux heures de pratique, gratuites, une fois par mois"),
    ("financement", "Financer sa formation", "CPF, France Travail, employeur : ce qui change"),
)

LETTERS = (
    Text(
        title="Rentrée des parcours : ce que vos réponses ont changé",
        preheader="Une semaine de tests en plus, des promotions plus petites, trois dates.",
        topics="parcours ateliers",
        body="""Bonjour,

Les inscriptions de la prochaine rentrée sont ouvertes. Nous avons relu toutes vos réponses aux
enquêtes de l’an dernier ; trois d’entre elles revenaient si souvent qu’elles ont changé le
programme.

## Une semaine entière sur les tests

« Le module sur les tests mériterait une semaine de plus », écriviez-vous. C’est fait : le
parcours [Développement web](/satisfaction/) compte désormais cinq jours sur le sujet, dont deux
sur un projet que vous apportez.

## Douze personnes par promotion

Nous étions dix-huit. Nous serons douze, avec le même nombre de formateurs. Les corrections
arriveront en deux jours au lieu de quatre.

## Les dates

- **Développement web – fondamentaux** : le deuxième lundi du mois prochain
- **Analyse de données avec Python** : le quatrième lundi
- **Réunion d’information**, en ligne : le premier jeudi, à 18 h 30

Une question, un doute sur votre niveau ? Répondez simplement à ce message : une personne vous
lira, et vous répondra dans la semaine.

L’équipe pédagogique""",
    ),
    Text(
        title="Financer sa formation : trois portes, et laquelle pousser d’abord",
        preheader="CPF, France Travail, employeur : un ordre qui évite les refus.",
        topics="financement",
        body="""Bonjour,

Chaque semaine, quelqu’un nous dit : « je n’ai pas droit à un financement ». Neuf fois sur dix,
c’est qu’il a frappé à la mauvaise porte en premier. Voici l’ordre que nous conseillons.

1. **Votre compte personnel de formation.** Regardez ce qu’il contient avant toute chose : dix
   minutes suffisent, et personne n’a besoin de vous y aider contre rémunération.
2. **Votre employeur.** S’il cofinance, la formation peut se dérouler sur le temps de travail.
   Une lettre d’une page, avec le programme, vaut mieux qu’une demande orale.
3. **France Travail.** Si vous êtes inscrit, parlez du projet avant de choisir les dates : un
   devis accepté après le début de la formation ne sera pas payé.

> Nous ne prospectons jamais les titulaires d’un CPF, ni par téléphone ni par message. Si l’on
> vous appelle en notre nom, ce n’est pas nous : raccrochez, et
> [signalez-le](https://www.signal-spam.fr/).

Le prochain atelier, samedi, sera consacré à la lettre à l’employeur : venez avec la vôtre.

L’équipe d’accompagnement""",
    ),
    Text(
        title="Atelier du samedi : lire un jeu de données sans se tromper",
        preheader="Deux heures, un tableur, et les cinq erreurs que tout le monde fait.",
        topics="ateliers parcours",
        body="""Bonjour,

Le prochain atelier sera consacré aux jeux de données ouverts : ceux des communes, des
hôpitaux, des transports. Ils sont passionnants, et pleins de pièges.

## Ce que nous ferons

- Ouvrir un fichier de 40 000 lignes sans que rien ne se bloque.
- Distinguer une case vide, un zéro et un « non communiqué ».
- Dessiner un graphique qui ne ment pas.
- Raconter ce qu’on a trouvé en cinq phrases.

{picture}

Aucune connaissance préalable : un ordinateur et de la curiosité suffisent. Le support restera
en ligne pour ceux qui ne peuvent pas venir.

**Samedi, de 10 h à 12 h, dans nos locaux ou à distance.** L’atelier est gratuit et ouvert à vos
proches ; une simple réponse à ce message vous inscrit.

Et pour qui voudrait aller plus loin, le parcours *Analyse de données avec Python* reprend à
la rentrée, avec les mêmes jeux de données.

À samedi,

Bob, formateur""",
        picture="Les mêmes cinq nombres, deux fois\u00a0: à gauche l’axe est coupé et tout "
        "semble tripler, à droite il part de zéro et presque rien ne change.",
    ),
)

DRAFT = Text(
    title="Ce que vous nous avez appris cette année",
    preheader="",
    topics="parcours ateliers financement",
    body="""Bonjour,

Quatre promotions se terminent. Avant de vous parler de la suivante, voici
ce que vos réponses nous ont appris.

## Ce qui a marché

*(reprendre les chiffres de la page « Satisfaction »)*

## Ce que nous changerons

- moins de visioconférences l’après-midi
- un tuteur nommé dès le premier jour

À bientôt, et merci.""",
)
