// Where scripts run, the picture that stands in for the viewer is not fetched, unless the viewer does not come.
(() => {
  const PATIENCE = 8000;
  document.documentElement.classList.add("lv-coming");
  setTimeout(() => {
    if (document.getElementById("viewer")?.hidden) document.documentElement.classList.remove("lv-coming");
  }, PATIENCE);
})();
