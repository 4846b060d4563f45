// Keys need a script and a browser that knows them: without either, the page keeps its sentence
// and draws no button that would do nothing. With both, a key that does not answer is said.
(() => {
  if (!window.PublicKeyCredential) return;
  const all = (name) => document.querySelectorAll(`[data-passkey="${name}"]`);
  const show = (name, shown) => all(name).forEach((element) => { element.hidden = !shown; });
  show("needs", false);
  show("button", true);
  document.addEventListener("click", () => show("silent", false), true);
  document.addEventListener("submit", (event) => { // Enter in a field asks the key too
    const button = event.target.querySelector('[data-passkey="button"][type="button"]');
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // said here rather than in the console
    show("silent", true);
  });
})();
