// Nothing on the site needs this file. It saves a keystroke where it can.
(function () {
  "use strict";

  // After a refused form, the reader starts at the list of what to correct.
  function takeFocus(root) {
    const target = root.querySelector("[data-take-focus]");
    if (target) target.focus();
  }

  // A second click on a slow answer must not send the form twice.
  function sendOnce(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    window.setTimeout(function () { delete form.dataset.sent; form.removeAttribute("aria-busy"); }, 8000);
  }

  // Coming back by the back button, a form may be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Says which files were chosen, because a browser shows only a number.
  function nameFiles(event) {
    const input = event.target;
    if (input.type !== "file" || !input.multiple) return;
    let list = input.parentElement.querySelector(".chosen-files");
    if (!list) {
      list = document.createElement("p");
      list.className = "chosen-files";
      list.setAttribute("role", "status");
      input.insertAdjacentElement("afterend", list);
    }
    const names = Array.from(input.files, function (file) { return file.name; });
    const more = names.length > 5 ? " and " + (names.length - 5) + " more" : "";
    list.textContent = names.length ? names.slice(0, 5).join(", ") + more : "";
  }

  // Says how many characters are left in a text that has a limit.
  function countLeft(event) {
    const text = event.target;
    if (text.tagName !== "TEXTAREA" || text.maxLength < 0) return;
    let line = text.parentElement.querySelector(".counted");
    if (!line) {
      line = document.createElement("p");
      line.className = "counted";
      line.setAttribute("aria-live", "polite");
      text.insertAdjacentElement("afterend", line);
    }
    const left = text.maxLength - text.value.length;
    line.textContent = left + (left === 1 ? " character left" : " characters left");
  }

  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", nameFiles);
  document.addEventListener("input", countLeft);
  takeFocus(document);
  document.addEventListener("htmx:afterSwap", function (event) { takeFocus(event.detail.target); });
})();
