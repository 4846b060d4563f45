// Without this, « Actualiser » does the same. Reads the page again while the work goes on.
(() => {
  const parts = (page) => [...page.querySelectorAll("[data-progress]")];
  const again = async () => {
    const shown = parts(document);
    if (!shown.length) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = parts(page);
      const over = !page.querySelector('script[src*="progress"]');
      if (over || fresh.length !== shown.length) return location.reload();
      shown.forEach((part, n) => {
        if (!part.contains(document.activeElement)) part.replaceWith(fresh[n]);
      });
    } catch {
      return; // the link remains
    }
    setTimeout(again, 2000);
  };
  setTimeout(again, 2000);
})();
