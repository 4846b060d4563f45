// Listens to the frame of a package, and to nobody else; what it reports is sent one at a time.
const cage = document.querySelector(".cage");
const frame = cage.querySelector(".cage__frame");
const said = cage.querySelector(".cage__said");
const proof = cage.querySelector("[name=csrfmiddlewaretoken]").value;
let waiting = null;
let busy = false;

const send = async () => {
  if (busy || waiting === null) return;
  busy = true;
  const body = waiting;
  waiting = null;
  try {
    const answer = await fetch(cage.dataset.keep, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": proof },
      keepalive: body.length < 60000,
      redirect: "error",
      body,
    });
    said.textContent = (await answer.json()).said;
  } catch {
    said.textContent = cage.dataset.lost;
    waiting ??= body;
    await new Promise((again) => setTimeout(again, 5000));
  }
  busy = false;
  send();
};

addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== cage.dataset.origin) return;
  if (event.data?.clairevoie !== "scorm") return;
  waiting = JSON.stringify(event.data.cmi);
  send();
});

// A package says its last word when it is closed: close it first, and leave once it was heard,
// or after three seconds.
const leave = async (address) => {
  frame.src = "about:blank";
  await new Promise((done) => setTimeout(done, 250));
  for (let times = 0; busy && times < 60; times += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
  location.assign(address);
};
for (const link of document.querySelectorAll(".cage__leave")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave(link.href);
  });
}
