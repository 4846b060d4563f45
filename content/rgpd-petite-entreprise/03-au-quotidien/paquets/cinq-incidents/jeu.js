// Cinq incidents, trois gestes. Parle SCORM 1.2 à qui l’héberge ; joue aussi sans personne.
const GESTES = ["L’inscrire au registre, et rien d’autre", "Notifier à la CNIL sous 72 heures", "Notifier à la CNIL et prévenir les personnes"];
const INCIDENTS = [
  {
    titre: "La clé USB du stand",
    texte: "Sur un marché, vous perdez une clé USB avec le fichier de vos 400 clients. Elle est chiffrée, le mot de passe n’est écrit nulle part, et vous avez une copie au bureau.",
    geste: 0,
    dit: "Personne ne peut lire ces données et vous ne les avez pas perdues : le risque est peu vraisemblable. Le registre garde la trace, et la raison de ne pas notifier.",
  },
  {
    titre: "Le tableau des salaires",
    texte: "Un courriel destiné au comptable part à toute l’équipe, avec les salaires et deux saisies sur salaire nommées.",
    geste: 2,
    dit: "Ce qui est lu ne se reprend pas, et une saisie sur salaire expose à la honte : le risque est élevé. On notifie, et on le dit aux deux personnes d’abord.",
  },
  {
    titre: "La boutique à l’arrêt",
    texte: "Un rançongiciel chiffre le serveur. La sauvegarde de la nuit est saine. Les journaux montrent que rien n’est sorti. Les commandes reprennent le soir.",
    geste: 1,
    dit: "Les données ont été indisponibles, et un intrus est entré : il y a un risque, sans qu’il soit élevé. On notifie à la CNIL, puis on complète quand l’enquête avance.",
  },
  {
    titre: "Le faux conseiller",
    texte: "Une collègue a dicté par téléphone son mot de passe. Pendant une heure, quelqu’un a exporté 2 300 fiches : noms, téléphones, commandes. Des clients reçoivent déjà de faux messages de livraison.",
    geste: 2,
    dit: "La fraude a commencé : le risque est élevé. Les personnes doivent savoir tout de suite à quoi s’attendre, et quoi refuser.",
  },
  {
    titre: "La page restée ouverte",
    texte: "Un prestataire vous écrit : son outil de rendez-vous a montré à un autre client vos créneaux du jour, avec les prénoms, pendant dix minutes. Ce client l’a signalé et n’a rien gardé.",
    geste: 0,
    dit: "Dix minutes, des prénoms, un lecteur connu qui coopère : le risque est peu vraisemblable. Inscrivez-le, et demandez au prestataire ce qu’il a corrigé.",
  },
];

// --- SCORM 1.2 : l’API se cherche dans la fenêtre, puis chez ses parents -------------------------
const api = (() => {
  let ici = window;
  try {
    for (let tours = 0; tours < 7 && !ici.API && ici.parent !== ici; tours += 1) ici = ici.parent;
    return ici.API || null;
  } catch {
    return null;
  }
})();
const lire = (nom) => (api ? api.LMSGetValue(nom) : "");
const noter = (nom, valeur) => api && api.LMSSetValue(nom, String(valeur));
if (api) api.LMSInitialize("");
addEventListener("pagehide", () => api && api.LMSFinish(""));

const element = (id) => document.getElementById(id);
let reponses = [];
try {
  reponses = JSON.parse(lire("cmi.suspend_data") || "[]").slice(0, INCIDENTS.length);
} catch {
  reponses = [];
}
const justes = () => reponses.filter((geste, i) => geste === INCIDENTS[i].geste).length;

const garder = () => {
  noter("cmi.suspend_data", JSON.stringify(reponses));
  noter("cmi.core.lesson_location", reponses.length);
  if (reponses.length === INCIDENTS.length) {
    noter("cmi.core.score.min", 0);
    noter("cmi.core.score.max", 100);
    noter("cmi.core.score.raw", (justes() * 100) / INCIDENTS.length);
    noter("cmi.core.lesson_status", justes() >= 3 ? "passed" : "failed");
    noter("cmi.core.exit", "");
  } else {
    noter("cmi.core.lesson_status", "incomplete");
    noter("cmi.core.exit", "suspend");
  }
  if (api) api.LMSCommit("");
};

const rangs = () => {
  element("rang").replaceChildren(
    ...INCIDENTS.map((incident, i) => {
      const losange = document.createElement("i");
      if (i < reponses.length) losange.className = reponses[i] === incident.geste ? "juste" : "faux";
      else if (i === reponses.length) losange.className = "ici";
      return losange;
    }),
  );
};

const montrer = (titre, texte) => {
  rangs();
  element("titre").textContent = titre;
  element("texte").textContent = texte;
  element("verdict").replaceChildren();
  element("titre").focus();
};

const demander = () => {
  const incident = INCIDENTS[reponses.length];
  montrer(`${reponses.length + 1}. ${incident.titre}`, incident.texte);
  element("gestes").replaceChildren(
    ...GESTES.map((mots, i) => {
      const choix = document.createElement("label");
      const bouton = document.createElement("input");
      Object.assign(bouton, { type: "radio", name: "geste", value: i, required: true });
      choix.append(bouton, mots);
      return choix;
    }),
  );
  element("choix").hidden = false;
  element("suite").hidden = true;
};

const finir = () => {
  const n = justes();
  const mot = n === 5 ? "Vous avez le bon réflexe." : n >= 3 ? "L’essentiel y est." : "Relisez « Juger le risque », puis recommencez.";
  montrer(`${n} sur ${INCIDENTS.length}`, `${mot} Dans le doute, notifiez ce que vous savez : la CNIL préfère une notification incomplète à un silence.`);
  element("choix").hidden = true;
  element("suite").textContent = "Recommencer";
  element("suite").hidden = false;
};

element("choix").addEventListener("submit", (event) => {
  event.preventDefault();
  const incident = INCIDENTS[reponses.length];
  const geste = Number(new FormData(event.target).get("geste"));
  const juste = geste === incident.geste;
  reponses.push(geste);
  garder();
  rangs();
  const fort = document.createElement("strong");
  fort.textContent = juste ? "C’est juste." : `Plutôt : ${GESTES[incident.geste].toLowerCase()}.`;
  const dit = document.createElement("p");
  dit.textContent = incident.dit;
  element("verdict").className = juste ? "" : "faux";
  element("verdict").replaceChildren(fort, dit);
  element("choix").hidden = true;
  element("suite").textContent = reponses.length < INCIDENTS.length ? "L’incident suivant" : "Voir le résultat";
  element("suite").hidden = false;
  element("suite").focus();
});

element("suite").addEventListener("click", () => {
  if (reponses.length === INCIDENTS.length && element("suite").textContent !== "Voir le résultat") {
    reponses = [];
  }
  if (reponses.length < INCIDENTS.length) demander();
  else finir();
});

if (reponses.length === INCIDENTS.length) finir();
else if (reponses.length) demander();
else rangs();
