// Without this, « Actualiser » does the same. Reads the page again while the work goes on.
(() => {
  const again = async () => {
    const shown = document.querySelector("[data-progress]");
    if (!shown) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-progress]");
      if (!fresh) return location.reload();
      const over = !page.querySelector('script[src*="progress"]');
      if (over) return location.reload();
      if (!shown.contains(document.activeElement)) shown.replaceWith(fresh);
    } catch {
      return; // the link remains
    }
    setTimeout(again, 2000);
  };
  setTimeout(again, 2000);
})();
