/* A page that hears nothing from its server says so: it must not stand still and look alive. */

(function () {
  const LIMIT_MS = 15000;
  let heard = Date.now();

  function answered() {
    heard = Date.now();
    return true;
  }

  /* The theme that is shown: charts are drawn for one. */
  function theme(_tick, _switched, before) {
    const now = document.documentElement.getAttribute("data-mantine-color-scheme") || "light";
    return now === before ? dash_clientside.no_update : now;
  }

  setInterval(() => {
    const seconds = Math.round((Date.now() - heard) / 1000);
    const lost = document.getElementById("lost");
    if (!lost || seconds * 1000 < LIMIT_MS) return;
    const text = "No answer from the server for " + seconds + " s. What is shown may not be the patients' present state: look at the patients and their charts.";
    dash_clientside.set_props("lost", { hidden: false, children: text });
  }, 1000);

  window.dash_clientside = Object.assign({}, window.dash_clientside, { watch: { answered, theme } });
})();
