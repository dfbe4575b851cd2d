// The line to the server: asks which files it has, sends handfuls, and waits out a broken connection.

const FIRST_WAIT = 1000, LONGEST_WAIT = 30000;
const HASHED = 512 * 1024 ** 2; // larger ones would not fit into memory: they are sent without a key

export class Stopped extends Error {}

// The server said no; trying again would not help.
export class Refused extends Error {}

export async function digest(blob) {
  if (!window.crypto || !window.crypto.subtle || blob.size > HASHED) return "";
  const bytes = new Uint8Array(await window.crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Line {
  // `waits(seconds)` is told when the line is broken, `moved(bytes)` how much of the present handful has left.
  constructor({ to, asks, token, waits, moved }) {
    Object.assign(this, { to, asks, token, waits, moved, stopped: false, request: null, wake: null });
  }

  stop() {
    this.stopped = true;
    if (this.request) this.request.abort();
    if (this.wake) this.wake();
  }

  go() {
    this.stopped = false;
  }

  ask(question) {
    return this.patiently(() => this.post(this.asks, JSON.stringify(question), { "Content-Type": "application/json" }));
  }

  send(handful) {
    return this.patiently(() => {
      const data = new FormData();
      data.append("csrfmiddlewaretoken", this.token);
      const keyed = handful.every((one) => one.key);
      handful.forEach((one) => {
        data.append("images", one.blob, one.name);
        if (keyed) data.append("sha256", one.key);
      });
      return this.post(this.to, data, { "X-Upload": "script" });
    });
  }

  async patiently(attempt) {
    let pause = FIRST_WAIT;
    for (;;) {
      if (this.stopped) throw new Stopped();
      const { status, answer, elsewhere } = await attempt();
      if (this.stopped) throw new Stopped();
      if (status === 200 && answer) return answer;
      if (answer && answer.stop) throw new Refused(answer.stop);
      if (elsewhere || (status >= 400 && status < 500 && status !== 408 && status !== 429)) {
        throw new Refused("You are not signed in any more, or the page is too old. Sign in and load it again, then choose the same files: what is here is not sent twice.");
      }
      this.waits(Math.round(pause / 1000));
      await this.wait(pause);
      pause = Math.min(LONGEST_WAIT, pause * 2);
    }
  }

  // Until the time is over, or the browser says that the line is back.
  wait(pause) {
    return new Promise((done) => {
      const timer = window.setTimeout(() => this.wake(), pause);
      this.wake = () => {
        window.clearTimeout(timer);
        window.removeEventListener("online", this.wake);
        this.wake = null;
        done();
      };
      window.addEventListener("online", this.wake);
    });
  }

  post(address, body, head) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("POST", address);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.token);
      Object.entries(head).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.addEventListener("progress", (event) => this.moved(event.loaded));
      const over = () => {
        let answer = null;
        try {
          answer = JSON.parse(request.responseText);
        } catch (error) {
          answer = null;
        }
        const elsewhere = request.status === 200 && !answer;
        this.request = null;
        done({ status: request.status, answer, elsewhere });
      };
      ["load", "error", "abort", "timeout"].forEach((name) => request.addEventListener(name, over));
      request.send(body);
    });
  }
}
