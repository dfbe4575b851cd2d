// Marks live on the server. This asks for them, keeps one more, takes one away, and shows the list beside the pictures.
export class Marks {
  constructor(root, token) {
    this.root = root;
    this.token = token;
    this.list = document.getElementById("marks-list");
  }

  address(series) { return this.root.dataset.marks.replace("/0/", `/${series}/`); }

  async of(series) {
    return this.ask(this.address(series));
  }

  async keep(series, image, frame, points, words) {
    const [[column, row], to] = points;
    const said = { image, frame, column: column.toFixed(2), row: row.toFixed(2), words };
    if (to) Object.assign(said, { to_column: to[0].toFixed(2), to_row: to[1].toFixed(2) });
    return this.ask(this.address(series), said);
  }

  async takeAway(mark) { return this.ask(mark.remove, {}); }

  async ask(address, said) {
    const how = { headers: { Accept: "application/json", "X-CSRFToken": this.token }, redirect: "manual" };
    if (said) Object.assign(how, { method: "POST", body: new URLSearchParams(said) });
    let answer;
    try {
      answer = await fetch(address, how);
    } catch (error) {
      throw new Error("No connection just now: it is not kept. Try again.");
    }
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (!answer.ok) throw new Error(told.error || "It could not be kept. Load the page again, and try once more.");
    return told.marks.map((one) => ({ ...one, short: one.said.split(",")[0] }));
  }

  /** The list of one pane. `go` shows a mark's slice, `away` takes it away, `finding` is the address of the score sheet, if there is one. */
  show(pane, { go, away, finding }) {
    if (!this.list) return;
    const place = (one) => pane.slices.findIndex((slice) => slice.image === one.image && slice.frame === one.frame);
    const rows = pane.marks.map((one) => {
      const row = document.createElement("li");
      row.append(button(`Slice ${place(one) + 1}`, () => go(place(one))), ` ${one.said}${one.source ? ` (${one.source})` : ""}. ${one.words ? `“${one.words}” ` : ""}${one.by}. `);
      if (finding) row.append(link(finding(one), "Use it in the score sheet"), " ");
      if (one.own) row.append(button("Take away", () => away(one), one.said));
      return row;
    });
    this.list.replaceChildren(...rows);
    document.getElementById("marks-none").hidden = rows.length > 0;
  }
}

function button(words, pressed, more) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = words;
  if (more) {
    const hidden = document.createElement("span");
    hidden.className = "out-of-sight";
    hidden.textContent = ` ${more}`;
    made.append(hidden);
  }
  made.addEventListener("click", pressed);
  return made;
}

function link(address, words) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = words;
  return made;
}
