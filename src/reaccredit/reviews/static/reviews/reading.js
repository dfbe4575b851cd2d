// The reading room works without this file. It saves by itself, points by a click, and takes keys.
(function () {
  "use strict";
  const form = document.getElementById("score");
  if (!form) return checking();

  // The page that shows the answers once more: the same keys that led there go on to the signature.
  function checking() {
    document.addEventListener("keydown", function (event) {
      const password = document.getElementById("id_password");
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !password || event.target === password) return;
      event.preventDefault();
      password.focus();
    });
  }

  const AGAIN = 15000; // after a lost connection
  const saved = document.getElementById("saved");
  const signIn = document.getElementById("sign-in-anew");
  const seen = form.elements.seen;
  let timer = 0;
  let saving = null; // the request that is under way
  let unsaved = false;
  let failed = false; // the last time that it was to be saved
  let leaves = false; // a page is being sent: nothing is saved beside it

  const OFFLINE = "No connection just now. What you typed stays on this page, and is saved as soon as there is one.";
  const OUT = "You are signed out. What you typed stays on this page: sign in again in another tab, and go on here.";
  const OTHER = "Somebody else is signed in in this browser. What you typed stays on this page: sign in as yourself in another tab.";

  // What went wrong stays in view, wherever somebody is on the sheet.
  function say(words, trouble, out) {
    if (saved) { saved.textContent = words; saved.parentElement.classList.toggle("budget--trouble", Boolean(trouble)); }
    if (signIn) signIn.hidden = !out;
  }

  // Pictures that were stepped through bring in a new field `showing`; the form finds it by its attribute.
  function post(leaving) {
    return fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Saves-Itself": "yes" }, keepalive: leaving, redirect: "manual"
    });
  }

  // After a sign-in in another tab this page needs the token of the new session. "closed": the reading itself is.
  async function renew() {
    const answer = await fetch(form.action, { redirect: "manual" });
    if (answer.type === "opaqueredirect") return "out";
    if (!answer.ok) return answer.status === 404 ? "other" : "closed";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("#score [name=csrfmiddlewaretoken]");
    if (!token) return "closed";
    form.elements.csrfmiddlewaretoken.value = token.value;
    return "renewed";
  }

  async function told(answer) {
    return (answer.headers.get("Content-Type") || "").includes("json") ? answer.json() : null;
  }

  // "saved", "overtaken" (kept in the history), "closed" (the server says why on a page), or "not" (it stays here).
  async function ask(leaving) {
    let answer = await post(leaving);
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      const state = await renew();
      if (state === "out") { say(OUT, true, true); return "not"; }
      if (state === "other") { say(OTHER, true, true); return "not"; }
      if (state === "renewed") answer = await post(leaving);
    }
    const said = await told(answer);
    if (answer.ok && said) {
      seen.value = said.seen;
      say(said.said);
      return "saved";
    }
    if (said) { say(said.said + " “Save and finish later” shows both.", true); return "overtaken"; }
    say("It could not be saved by itself. Press “Save and finish later” to see why: what you typed is kept.", true);
    return "closed";
  }

  async function save(leaving) {
    window.clearTimeout(timer);
    timer = 0;
    if (saving) await saving;
    unsaved = false;
    saving = ask(leaving).catch(function () { say(OFFLINE, true); return "not"; });
    const how = await saving;
    saving = null;
    failed = how === "not";
    if (failed) {
      unsaved = true;
      timer = window.setTimeout(function () { save(false); }, AGAIN);
    }
    return how;
  }

  function soon() {
    if (leaves) return;
    unsaved = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { save(false); }, 1200);
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("online", function () { if (unsaved) save(false); });
  document.addEventListener("visibilitychange", function () {
    if (unsaved && !leaves) save(document.visibilityState === "hidden");
  });
  window.addEventListener("pageshow", function () { leaves = false; });
  window.addEventListener("beforeunload", function (event) { if (failed && unsaved && !leaves) event.preventDefault(); });

  // A page that cannot be sent, or would be answered by a sign-in, is not left: what was typed would be gone.
  form.addEventListener("submit", async function (event) {
    if (leaves) return;
    event.preventDefault();
    const button = event.submitter;
    if (await save(false) === "not") { return; }
    window.clearTimeout(timer);
    leaves = true;
    form.requestSubmit(button);
  });

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

  // At the first and the last image the button that led there is gone; whoever goes by keyboard stays among the buttons.
  let pressed = "";
  document.addEventListener("htmx:beforeRequest", function (event) { pressed = event.detail.elt.id || ""; });
  document.addEventListener("htmx:afterSettle", function (event) {
    const picture = event.detail.elt.querySelector(".picture"); // it may have been scrolled away from, to a list of series
    if (picture) picture.scrollIntoView({ block: "nearest" });
    const button = pressed && document.getElementById(pressed);
    if (!button || !button.disabled || document.activeElement !== document.body) return;
    const back = ["step-first", "step-back", "step-previous"].includes(pressed);
    const other = document.getElementById(back ? "step-next" : "step-previous");
    if (other && !other.disabled) other.focus();
  });
  document.addEventListener("htmx:sendError", function () { say("No connection just now: this image could not be had. What you typed stays on this page.", true); });

  // Who dictates or uses other tools can switch the single keys off; the browser remembers it.
  const keys = document.getElementById("single-keys");
  try { keys.checked = window.localStorage.getItem("single-keys") !== "off"; } catch (error) { /* no storage: on */ }
  keys.addEventListener("change", function (event) {
    event.stopPropagation();
    try { window.localStorage.setItem("single-keys", keys.checked ? "on" : "off"); } catch (error) { /* not kept */ }
  });

  function press(found) { if (found && !found.disabled) { found.click(); return true; } return false; }

  const LETTERS = { "[": "#step-previous", "]": "#step-next", n: "#save-next", v: "#to-viewer", h: "#to-hanging" };

  document.addEventListener("keydown", function (event) {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (press(form.querySelector("[name=check]"))) event.preventDefault();
      return;
    }
    if (event.key === "Enter" && at.closest(".point-fields") && at.matches("input, select")) {
      if (press(document.querySelector("[name=point]"))) event.preventDefault();
      return;
    }
    const typing = at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (!keys.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = LETTERS[event.key.toLowerCase()];
    if (/[a-z]/i.test(event.key) && at.closest(".why, summary")) return; // beside a note: more likely the beginning of one
    if (wanted) press(document.querySelector(wanted));
    else if (event.key === "0") document.getElementById("id_nothing").focus();
    else if (/^[1-9]$/.test(event.key)) {
      const group = document.querySelectorAll("fieldset.criterion")[Number(event.key) - 1];
      const choice = group && (group.querySelector("input[type=radio]:checked") || group.querySelector("input[type=radio]"));
      if (choice) choice.focus();
    }
  });
})();
