// The reading room works without this file. It saves by itself, points by a click, and takes keys.
(function () {
  "use strict";
  const form = document.getElementById("score");
  if (!form) return;
  const saved = document.getElementById("saved");
  const seen = form.elements.seen;
  let timer = 0;
  let busy = false;
  let again = false;
  let stopped = false;

  function say(words) { if (saved) saved.textContent = words; }

  // Pictures that were stepped through bring in a new field `showing`; the form finds it by its attribute.
  async function save(leaving) {
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Saves-Itself": "yes" }, keepalive: leaving, redirect: "manual"
      });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (answer.ok && told) {
        seen.value = told.seen;
        say(told.said);
      } else {
        stopped = true;
        say(told ? told.said + " Press Save to see both." : "It could not be saved by itself any more. Press Save to see why: what you typed stays here.");
      }
    } catch (error) {
      say("No connection just now. What you typed stays on this page and is saved with the next change.");
    }
    busy = false;
    if (again) { again = false; save(false); }
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { save(false); }, 1200);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", function () { stopped = true; window.clearTimeout(timer); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && timer) { window.clearTimeout(timer); timer = 0; save(true); }
  });
  window.addEventListener("pageshow", function () { stopped = false; });

  // Where in the image somebody has clicked: the picture is fitted into a square, and the square into its place.
  document.addEventListener("click", function (event) {
    const picture = event.target.closest("[data-picture]");
    if (!picture) return;
    const box = picture.getBoundingClientRect();
    const side = Math.min(box.width, box.height);
    const columns = Number(picture.dataset.columns), rows = Number(picture.dataset.rows);
    const scale = side / Math.max(columns, rows);
    const column = Math.floor((event.clientX - box.left - (box.width - columns * scale) / 2) / scale);
    const row = Math.floor((event.clientY - box.top - (box.height - rows * scale) / 2) / scale);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return;
    document.getElementById("id_point-column").value = column;
    document.getElementById("id_point-row").value = row;
    document.querySelector("details.point").open = true;
    document.querySelector("[name=point]").focus();
  });

  // Who dictates or uses other tools can switch the single keys off; the browser remembers it.
  const keys = document.getElementById("single-keys");
  try { keys.checked = window.localStorage.getItem("single-keys") !== "off"; } catch (error) { /* no storage: on */ }
  keys.addEventListener("change", function (event) {
    event.stopPropagation();
    try { window.localStorage.setItem("single-keys", keys.checked ? "on" : "off"); } catch (error) { /* not kept */ }
  });

  function press(button) { if (button && !button.disabled) { button.click(); return true; } return false; }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (press(form.querySelector("[name=check]"))) event.preventDefault();
      return;
    }
    const at = event.target;
    const typing = at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (!keys.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "[") press(document.getElementById("step-previous"));
    else if (event.key === "]") press(document.getElementById("step-next"));
    else if (event.key === "n" || event.key === "N") press(document.getElementById("save-next"));
    else if (/^[1-9]$/.test(event.key)) {
      const group = document.querySelectorAll("fieldset.criterion")[Number(event.key) - 1];
      const choice = group && (group.querySelector("input[type=radio]:checked") || group.querySelector("input[type=radio]"));
      if (choice) choice.focus();
    }
  });
})();
