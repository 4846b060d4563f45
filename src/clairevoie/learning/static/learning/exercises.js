// Answers without leaving the page, and items moved by arrows. Without this file every exercise
// is a plain form: an answer reloads its page, and items get their rank from a list.
const number = (ranking) =>
  ranking.querySelectorAll("select").forEach((select, at) => {
    select.selectedIndex = at + 1;
  });

const arrow = (sign, by, name) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ranking__move";
  button.dataset.by = by;
  button.textContent = sign;
  button.setAttribute("aria-label", name);
  return button;
};

const makeMovable = (ranking) => {
  const { up, down } = ranking.dataset;
  for (const item of ranking.children) {
    const words = item.querySelector(".ranking__text").textContent.trim();
    const moves = document.createElement("span");
    moves.className = "ranking__moves";
    moves.append(arrow("↑", "-1", `${up} : ${words}`), arrow("↓", "1", `${down} : ${words}`));
    item.append(moves);
    item.querySelector(".ranking__rank").hidden = true;
  }
  ranking.previousElementSibling.hidden = true;
  ranking.classList.add("ranking--moving");
  number(ranking);
};

// What was marked is not there any more.
const unmark = (ranking) => {
  for (const item of ranking.children) item.className = "ranking__item";
  ranking.querySelectorAll(".sign").forEach((sign) => sign.remove());
};

const move = (button) => {
  const ranking = button.closest(".ranking");
  const item = button.closest(".ranking__item");
  const other = button.dataset.by === "1" ? item.nextElementSibling : item.previousElementSibling;
  if (!other) return;
  if (button.dataset.by === "1") other.after(item);
  else other.before(item);
  number(ranking);
  unmark(ranking);
  const rank = [...ranking.children].indexOf(item) + 1;
  const words = item.querySelector(".ranking__text").textContent.trim();
  ranking.nextElementSibling.textContent = `${words} : ${ranking.dataset.rank} ${rank}`;
  button.focus();
};

const prepare = (place) => place.querySelectorAll(".ranking").forEach(makeMovable);

const send = async (form) => {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Requested-With": "fetch" },
    redirect: "error",
  });
  if (![200, 422].includes(answer.status)) throw new Error("another page");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(".exercise");
  form.closest(".exercise").replaceWith(fresh);
  prepare(fresh);
  const said = fresh.querySelector(".verdict, .exercise__refused");
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
  said.scrollIntoView({ block: "nearest" });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest(".ranking__move");
  if (button) move(button);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".exercise__form")) return;
  event.preventDefault();
  send(form).catch(() => form.submit());
});
prepare(document);
