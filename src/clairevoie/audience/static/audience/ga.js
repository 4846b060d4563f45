// Google Analytics, only where the person agreed and the policy lets it. Nothing personal leaves:
// pages go by their route, and a request to Google keeps a closed list of parameters (P-050).
(() => {
  const { tag, page } = document.currentScript.dataset;
  const GOOGLE = /^https:\/\/([\w-]+\.)*(google-analytics|analytics\.google)\.com\//;
  const KEPT = new Set(
    "v tid gtm _p cid ul sr sid sct seg en _et _s _fv _ss _nsi _eu gcs gcd npa dma tfd".split(" "),
  );
  const MAIL = /@|%40/;

  function cleaned(address) {
    const url = new URL(address, location.href);
    if (!GOOGLE.test(url.href)) return address;
    for (const [name, value] of [...url.searchParams]) {
      if (!KEPT.has(name) || MAIL.test(value)) url.searchParams.delete(name);
    }
    url.searchParams.set("dl", location.origin + page);
    url.hash = "";
    return url.href;
  }

  const isGoogles = (address) => GOOGLE.test(new URL(address, location.href).href);
  const { fetch } = window;
  window.fetch = (input, init = {}) => {
    const address = input instanceof Request ? input.url : String(input);
    if (!isGoogles(address)) return fetch(input, init);
    return fetch(cleaned(address), { method: "POST", keepalive: true, credentials: "omit", referrerPolicy: "no-referrer" });
  };
  const beacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (address, body) =>
    isGoogles(address) ? beacon(cleaned(address)) : beacon(address, body);
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...more) {
    this.isGoogles = isGoogles(address);
    return open.call(this, method, cleaned(address), ...more);
  };
  XMLHttpRequest.prototype.send = function (body) {
    return send.call(this, this.isGoogles ? null : body);
  };
  // Pictures would pass the filter: no address of Google is in img-src, the browser refuses them.

  window.dataLayer = window.dataLayer || [];
  function gtag() {
    window.dataLayer.push(arguments);
  }
  const no = "denied";
  gtag("consent", "default", { ad_storage: no, ad_user_data: no, ad_personalization: no, analytics_storage: no });
  gtag("consent", "update", { analytics_storage: "granted" });
  gtag("set", { allow_google_signals: false, allow_ad_personalization_signals: false });
  gtag("js", new Date());
  gtag("config", tag, {
    page_location: location.origin + page,
    page_path: page,
    page_title: page,
    page_referrer: "",
    cookie_expires: 33_696_000, // thirteen months of thirty days, from the first visit
    cookie_update: false,
    cookie_flags: "SameSite=Lax" + (location.protocol === "https:" ? ";Secure" : ""),
  });
  const script = document.createElement("script");
  script.src = "https://www.googletagmanager.com/gtag/js?id=" + encodeURIComponent(tag);
  script.referrerPolicy = "no-referrer";
  document.head.append(script);
})();
