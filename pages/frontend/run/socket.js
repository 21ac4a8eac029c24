/**
 * A WebSocket that comes back.
 *
 * After a drop it reconnects with "?since=<last epoch held>", waiting 0.25 s and then ever longer (4 s at
 * most), for ever; it stops when the server says that the run does not exist (4404) or is not ours (4403).
 */

const FIRST_WAIT = 250;
const LONGEST_WAIT = 4000;
/** @type {Object<number, "forbidden"|"missing">} */
const REFUSED = { 4403: "forbidden", 4404: "missing" };

/** The socket's address: `path` on the page's own server, with ws for http and wss for https. @param {string} path @param {number} since */
export function socketAddress(path, since) {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (since > 0) url.searchParams.set("since", String(since));
  return url.href;
}

export class LiveSocket {
  /**
   * @param {string} path
   * @param {object} hooks
   * @param {() => number} hooks.since  the last epoch held
   * @param {(message: ArrayBuffer) => void} hooks.onMessage
   * @param {(status: "connecting"|"open"|"waiting"|"forbidden"|"missing") => void} hooks.onStatus
   */
  constructor(path, { since, onMessage, onStatus }) {
    this.path = path;
    this.since = since;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.wait = FIRST_WAIT;
    this.timer = 0;
    this.closed = false;
    this.hurry = () => this.timer && !document.hidden && this.connect();
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.onStatus("connecting");
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = 0;
    const socket = new WebSocket(socketAddress(this.path, this.since()));
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (this.closed || socket !== this.socket) return;
      this.wait = FIRST_WAIT; // only a socket that delivers counts as well
      this.onMessage(data);
    };
    socket.onopen = () => {
      if (!this.closed && socket === this.socket) this.onStatus("open");
    };
    socket.onclose = ({ code }) => {
      if (this.closed || socket !== this.socket) return;
      if (REFUSED[code]) {
        this.close();
        this.onStatus(REFUSED[code]);
        return;
      }
      this.onStatus("waiting");
      this.timer = setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
    };
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = 0;
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    const { socket } = this;
    // Chromium logs an error for a socket that is closed before it has opened.
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket.close();
  }
}
