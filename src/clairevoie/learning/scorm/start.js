// In each frame of a package, before its own scripts: the API it looks for, and the one way out.
// The frame is a stranger to the site: it sees neither the page around it nor its cookies.
// What was kept comes in the name of the frame, and what changes goes out as messages.
(() => {
  // At an address of their own, packages could keep things on the device, which nobody agreed to:
  // they find what a browser that blocks cookies shows them.
  const refuse = () => {
    throw new DOMException("Nothing is kept on this device.", "SecurityError");
  };
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
    Object.defineProperty(window, name, { get: refuse });
  }
  Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {} });
  // A frame within a package finds the API where all of them look: up the chain of its parents.
  if (window.parent === window || window.parent !== window.top) return;
  const is12 = Boolean(window.Scorm12API);
  const names = is12
    ? { set: "LMSSetValue", commit: "LMSCommit", end: "LMSFinish", begin: "LMSInitialize" }
    : { set: "SetValue", commit: "Commit", end: "Terminate", begin: "Initialize" };
  let kept = {};
  try {
    kept = JSON.parse(window.name) || {};
  } catch {
    // another name: nothing was kept
  }
  const settings = { logLevel: 5, selfReportSessionTime: true };
  const api = is12 ? new window.Scorm12API(settings) : new window.Scorm2004API(settings);
  const state = { ...kept.cmi };
  const wasLeft = (state["cmi.core.exit"] || state["cmi.exit"]) === "suspend";
  delete state["cmi.core.exit"];
  delete state["cmi.exit"];
  state[is12 ? "cmi.core.entry" : "cmi.entry"] = wasLeft ? "resume" : "ab-initio";
  if (is12 && !state["cmi.core.lesson_status"]) state["cmi.core.lesson_status"] = "not attempted";
  try {
    api.loadFromFlattenedJSON(state);
  } catch {
    // a state this package can no longer read: it begins again
  }

  let planned = 0;
  const tell = () => {
    clearTimeout(planned);
    planned = 0;
    const cmi = {};
    for (const [name, value] of Object.entries(api.getFlattenedCMI())) {
      const known = ["string", "number"].includes(typeof value) && value !== "";
      if (known && !name.startsWith("cmi.interactions")) cmi[name] = value;
    }
    window.name = JSON.stringify({ cmi, running });
    window.parent.postMessage({ clairevoie: "scorm", cmi }, "*");
  };
  const soon = () => {
    planned = planned || setTimeout(tell, 2000);
  };
  let running = Boolean(kept.running);
  const heard = (name, then) => {
    const run = api[name].bind(api);
    api[name] = (...given) => {
      const answer = run(...given);
      then(String(answer) === "true");
      return answer;
    };
  };
  if (running) api[names.begin](""); // a package of several pages, on its next one
  heard(names.begin, (done) => {
    running = running || done;
  });
  heard(names.set, soon);
  heard(names.commit, tell);
  heard(names.end, (done) => {
    if (done) running = false;
    tell();
  });
  addEventListener("pagehide", () => planned && tell());
  if (is12) window.API = api;
  else window.API_1484_11 = api;
})();
