// Sends a large choice of files in handfuls, with progress. Without this file the form sends them all at once.
// Sending the same files again is safe: what is here already is told by its content and skipped, so "go on" after a
// broken line starts with the handful that was interrupted.
(function () {
  "use strict";

  const HANDFUL = 10;
  const BYTES = 32 * 1024 * 1024;
  const TRIES = 3;

  const form = document.querySelector("form[data-upload]");
  const box = document.getElementById("upload-progress");
  if (!form || !box || !window.FormData || !window.fetch) return;

  const bar = document.getElementById("upload-bar");
  const words = document.getElementById("upload-words");
  const again = document.getElementById("upload-again");
  const stop = document.getElementById("upload-stop");
  const refusedBox = document.getElementById("upload-refused");
  const notesBox = document.getElementById("upload-notes");
  let run = null;

  function size(bytes) {
    const units = ["bytes", "kB", "MB", "GB"];
    let at = 0;
    while (bytes >= 1000 && at < 3) { bytes /= 1000; at += 1; }
    return (at ? bytes.toFixed(1) : bytes) + " " + units[at];
  }

  function count(number, noun) { return number + " " + noun + (number === 1 ? "" : "s"); }

  function handfuls(files) {
    const found = [];
    let current = [], bytes = 0;
    files.forEach(function (file) {
      if (current.length && (current.length >= HANDFUL || bytes + file.size > BYTES)) {
        found.push(current);
        current = [];
        bytes = 0;
      }
      current.push(file);
      bytes += file.size;
    });
    if (current.length) found.push(current);
    return found;
  }

  function begin(files) {
    run = {
      parts: handfuls(files), at: 0, files: files.length, sentFiles: 0, sentBytes: 0, now: 0, stopped: false, request: null,
      bytes: files.reduce(function (sum, file) { return sum + file.size; }, 0),
      accepted: 0, here: 0, skipped: 0, refused: 0, notes: new Set(),
    };
    refusedBox.hidden = true;
    refusedBox.querySelector("ul").textContent = "";
    notesBox.textContent = "";
    box.hidden = false;
    form.hidden = true;
    box.scrollIntoView({block: "nearest"});
    next(1);
  }

  function show(text) {
    bar.max = Math.max(1, run.bytes);
    bar.value = run.sentBytes + run.now;
    if (text) words.textContent = text;
  }

  function told() {
    return run.sentFiles + " of " + count(run.files, "file") + ", " + size(run.sentBytes) + " of " + size(run.bytes);
  }

  function send(part, done, failed) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    part.forEach(function (file) { data.append("images", file, file.webkitRelativePath || file.name); });
    const request = new XMLHttpRequest();
    run.request = request;
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-Upload", "script");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", function (event) { run.now = event.loaded; show(""); });
    request.addEventListener("load", function () {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = null; }
      if (request.status === 200 && answer) done(answer);
      else failed(answer && answer.stop, request.status >= 500 || request.status === 0);
    });
    request.addEventListener("error", function () { failed("", true); });
    request.addEventListener("abort", function () { failed("", false); });
    request.send(data);
  }

  function next(attempt) {
    if (run.stopped) return halt("Stopped. " + told() + " sent. What is here is kept.", true);
    if (run.at >= run.parts.length) return finish();
    const part = run.parts[run.at];
    run.now = 0;
    show("Sending: " + told());
    send(part, function (answer) {
      run.at += 1;
      run.now = 0;
      run.sentFiles += part.length;
      run.sentBytes += part.reduce(function (sum, file) { return sum + file.size; }, 0);
      take(answer);
      next(1);
    }, function (sentence, mayTryAgain) {
      run.now = 0;
      if (run.stopped) return halt("Stopped. " + told() + " sent. What is here is kept.", true);
      if (mayTryAgain && attempt < TRIES) return window.setTimeout(function () { next(attempt + 1); }, attempt * 1500);
      halt(sentence || "The connection broke. " + told() + " sent. What is here is kept; go on when the line is back.", !sentence);
    });
  }

  function take(answer) {
    run.accepted += answer.accepted;
    run.here += answer.here.length;
    run.skipped += answer.skipped.length;
    answer.refused.forEach(refuse);
    answer.notes.forEach(function (note) {
      if (run.notes.has(note)) return;
      run.notes.add(note);
      const line = document.createElement("p");
      line.textContent = note;
      notesBox.append(line);
    });
  }

  function refuse(file) {
    run.refused += 1;
    const row = document.createElement("li");
    row.className = "file file--refused";
    row.append(document.getElementById("upload-cross").content.cloneNode(true));
    const text = document.createElement("div");
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = file.name;
    const why = document.createElement("p");
    why.className = "file-why";
    why.textContent = file.why;
    text.append(name, why);
    if (file.clause) {
      const clause = document.createElement("p");
      clause.className = "small";
      clause.textContent = file.clause;
      text.append(clause);
    }
    row.append(text);
    refusedBox.querySelector("ul").append(row);
    refusedBox.hidden = false;
  }

  function halt(sentence, mayGoOn) {
    words.textContent = sentence;
    again.hidden = !mayGoOn;
    stop.hidden = true;
    form.hidden = false;
    renew();
    (mayGoOn ? again : words).focus();
  }

  function finish() {
    const parts = [count(run.accepted, "image") + " received"];
    if (run.here) parts.push(run.here + " already here");
    if (run.skipped) parts.push(run.skipped + " left out, being no images");
    if (run.refused) parts.push(run.refused + " not taken");
    show("All sent: " + parts.join(", ") + ".");
    stop.hidden = true;
    again.hidden = true;
    form.hidden = false;
    form.reset();
    form.querySelectorAll(".chosen-files").forEach(function (line) { line.textContent = ""; });
    renew();
  }

  // The list of series, as the server shows it now.
  function renew() {
    window.fetch(form.dataset.upload, {credentials: "same-origin"}).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (text) {
      const page = new DOMParser().parseFromString(text, "text/html");
      const fresh = page.getElementById("received");
      if (fresh) document.getElementById("received").replaceWith(document.importNode(fresh, true));
    }).catch(function () { /* the list is shown anew when the page is loaded again */ });
  }

  form.addEventListener("submit", function (event) {
    const files = [];
    form.querySelectorAll("input[type=file]").forEach(function (input) { files.push.apply(files, Array.from(input.files)); });
    if (!files.length) return; // the server says what is missing
    event.preventDefault();
    event.stopPropagation();
    stop.hidden = false;
    again.hidden = true;
    begin(files);
  });
  stop.addEventListener("click", function () {
    run.stopped = true;
    if (run.request) run.request.abort();
  });
  again.addEventListener("click", function () {
    run.stopped = false;
    again.hidden = true;
    stop.hidden = false;
    form.hidden = true;
    next(1);
  });
  window.addEventListener("beforeunload", function (event) {
    if (run && run.at < run.parts.length && !run.stopped) event.preventDefault();
  });
})();
