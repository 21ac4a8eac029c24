/**
 * Mounts the live view on a plain page with a WebSocket that the test plays.
 *
 * `window.harness` gives tests: sockets (every one opened), send(message), mount(data), draw(data), speak(language, words), triggers, states.
 * With ?scene=… the page plays a made-up run; &epoch=148 shows it at an epoch, &play=1 lets it go on.
 */

import { encode } from "./encode.js";
import { createScene } from "./scenes.js";

const { folders } = await import("/pages/frontend/descent.js");
const asked = new URLSearchParams(location.search);
document.body.classList.toggle("dark", asked.has("dark"));
let host = document.getElementById("host");
if (asked.has("width")) host.style.width = `${asked.get("width")}px`;

class PlayedSocket {
  static CONNECTING = 0;
  constructor(url) {
    this.url = url;
    this.readyState = 0;
    harness.sockets.push(this);
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }
  deliver(message) {
    this.onmessage?.({ data: message });
  }
  drop(code = 1006) {
    this.gone = true;
    this.onclose?.({ code });
  }
  close() {
    this.gone = true;
  }
}

const harness = {
  get host() {
    return host;
  },
  encode, createScene,
  sockets: [], triggers: [], states: [],
  info: {}, // of the run that `begin` tells of, what is not as usual
  get socket() {
    return harness.sockets.at(-1);
  },
  /** Deliver a header with blocks to the newest socket. */
  send(header, blocks) {
    harness.socket.deliver(encode(header, blocks));
  },
  mount(data, parentElement = host) {
    harness.data = { channel: "run-1", socket: "/descent/live/run-1", owner: true, rendered_state: "idle",
      note: null, downloads: null, ...harness.data, ...data };
    harness.cleanup = harness.module.mount({
      data: harness.data, parentElement, key: "live",
      setStateValue: (name, value) => harness.states.push([name, value]),
      setTriggerValue: (name, value) => harness.triggers.push([name, value]),
    });
  },
  /** Mount in a new element, beside the one that is still there. */
  anew() {
    harness.old = { host, cleanup: harness.cleanup };
    host = document.body.appendChild(document.createElement("div"));
    harness.mount({});
  },
  /** Mount the bar's own actions. */
  bar(data) {
    harness.top ??= document.body.appendChild(document.createElement("div"));
    folders.bar.mount({
      data: { current: "train", title: "Train", ...data }, parentElement: harness.top, key: "bar_actions", setStateValue() {},
      setTriggerValue: (name, value) => harness.triggers.push([name, value]),
    });
  },
  /** Open the drawing surface over the live view's map. */
  draw(data) {
    harness.easel ??= document.body.appendChild(document.createElement("div"));
    harness.putAway = folders.drawing.mount({
      data: { points: "", limits: { reach: 6, cells: 240, classes: 6, fewest_of_class: 2, fewest: 10, most: 2000 }, ...data },
      parentElement: harness.easel, key: "drawing",
      setStateValue: (name, value) => harness.states.push([name, value]),
      setTriggerValue: (name, value) => harness.triggers.push([name, value]),
    });
  },
  /** Speak another language, as the loader and a new script run have it. */
  speak(language, words) {
    folders.words.use(language, words);
    harness.mount({ language });
    if (harness.easel) harness.draw({});
    if (harness.top) harness.bar({ language });
  },
  /** Some epochs of a tiny classification run, in one message. */
  begin(more = {}, logs = [[0.5, 0.7, 0.6, 0.65]]) {
    harness.send({
      info: { channel: harness.data.channel, title: "tiny", task: "classification", class_names: ["a", "b"], target_name: "class", train_rows: 8, test_rows: 4,
        parameters: 9, epochs: 10, log_names: ["loss", "accuracy", "val_loss", "val_accuracy"], baseline: { loss: null, metric: 0.5, label: "always 'a'" },
        scales: { loss: 1, metric: 1 }, loss_name: "cross-entropy", ...harness.info, ...more.info },
      state: { state: "running", epoch: logs.length, epochs: 10, message: null, tone: "info", queue_position: null, epochs_per_second: 5,
        seconds_left: 2, learning_rate: 0.01, changes: [], ...more.state },
      ...(logs.length && { history: { first_epoch: more.first ?? 1 } }),
      ...more.header,
    }, { ...(logs.length && { history: ["f32", [logs.length, logs[0].length], logs.flat()] }), ...more.blocks });
  },
};
window.harness = harness;
window.WebSocket = PlayedSocket;
harness.module = folders.shell;

const name = asked.get("scene");
if (name) {
  const epoch = Number(asked.get("epoch") ?? 148);
  const scene = createScene(name, { epochs: Number(asked.get("epochs") ?? 400) });
  harness.mount({ channel: `run-${name}`, socket: `/descent/live/run-${name}`, owner: !asked.has("readonly"), rendered_state: "running",
    note: asked.get("note"), downloads: asked.has("downloads") ? { predictions: "#p", history: "#h", config: "#c" } : null });
  if (epoch >= 0) {
    const more = asked.has("state") ? { state: asked.get("state"), message: asked.get("message"), tone: asked.get("tone") ?? "info" } : {};
    if (asked.has("changes")) more.changes = [{ epoch: Math.round(epoch / 2), learning_rate: 0.003 }];
    harness.socket.deliver(scene.at(epoch, more));
    if (asked.has("play")) {
      let now = epoch;
      const by = Number(asked.get("by") ?? 1);
      harness.playing = setInterval(() => {
        harness.socket.deliver(scene.more(now + 1, now + by));
        now += by;
      }, 50);
    }
  }
}
harness.ready = true;
document.documentElement.dataset.ready = "";
