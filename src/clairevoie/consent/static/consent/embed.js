// The second click: what somebody agreed to is shown where they asked for it.
for (const figure of document.querySelectorAll("[data-embed]")) {
  const inert = figure.querySelector("template"), button = figure.querySelector("button");
  if (!inert || !button.hidden) continue;
  button.hidden = false;
  button.onclick = () => { inert.replaceWith(inert.content); figure.querySelector("iframe").focus(); button.remove(); };
}
