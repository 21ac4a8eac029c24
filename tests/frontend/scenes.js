/** Made-up runs that look like real ones, for the harness: moons, iris, digits and a regression. */

import { encode } from "./encode.js";

function randomly(seed) {
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return { next, normal: () => Math.sqrt(-2 * Math.log(next() + 1e-9)) * Math.cos(2 * Math.PI * next()) };
}

const softmax = (scores) => {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

/** As core names it (core/words.py). */
const component = (n) => ({ said: "principal component {n}", values: { n } });

/** A scene: how its points lie, and the scores a network of a given sharpness gives at a place. */
const SCENES = {
  moons: {
    info: { title: "moons · 8-8 tanh", task: "classification", class_names: ["lower", "upper"], target_name: "class", parameters: 105 },
    view: { kind: "plane", x: 0, y: 1, x_label: "x₁", y_label: "x₂", x_range: [-1.6, 2.6], y_range: [-1.2, 1.7], note: "", feature_names: ["x₁", "x₂"] },
    points(random, count) {
      return Array.from({ length: count }, (_, i) => {
        const angle = Math.PI * random.next();
        const [x, y] = i % 2 ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
        return [x + 0.17 * random.normal(), y + 0.17 * random.normal(), i % 2 ? 0 : 1];
      });
    },
    scores: (x, y) => {
      const edge = y - 0.25 - 0.72 * Math.sin((x - 0.5) * -2.3) * Math.exp(-((x - 0.5) ** 2) / 5);
      return [-2.2 * edge, 2.2 * edge];
    },
    confusion: [[27, 3], [2, 28]],
  },
  iris: {
    info: { title: "iris · 64-32 relu", task: "classification", class_names: ["setosa", "versicolor", "virginica"], target_name: "species", parameters: 2499 },
    view: { kind: "slice", x: 2, y: 3, x_label: "petal length (cm)", y_label: "petal width (cm)", x_range: [0.5, 7.4], y_range: [-0.2, 2.8],
      note: { said: "the other {n} feature at its median", plural: "the other {n} features at their median", values: { n: 2 } }, feature_names: ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"] },
    points(random, count) {
      const centres = [[1.46, 0.25, 0.17, 0.1], [4.26, 1.33, 0.47, 0.2], [5.55, 2.03, 0.55, 0.27]];
      return Array.from({ length: count }, (_, i) => {
        const [x, y, sx, sy] = centres[i % 3];
        const along = random.normal();
        return [x + sx * along, y + sy * (0.7 * along + 0.7 * random.normal()), i % 3];
      });
    },
    scores: (x, y) => [[1.46, 0.25], [4.2, 1.3], [5.7, 2.1]].map(([cx, cy]) => -1.1 * ((x - cx) ** 2 * 0.7 + (y - cy) ** 2 * 3)),
    confusion: [[10, 0, 0], [0, 8, 2], [0, 1, 9]],
  },
  digits: {
    info: { title: "digits · 128-64 relu", task: "classification", class_names: [..."0123456789"], target_name: "digit", parameters: 17226 },
    view: { kind: "pca", x: 0, y: 1, x_label: component(1), y_label: component(2), x_range: [-32, 32], y_range: [-30, 30],
      note: { said: "the plane of the first two principal components ({share:.1%} of the variance)", values: { share: 0.285 } },
      feature_names: Array.from({ length: 64 }, (_, i) => `pixel ${Math.floor(i / 8)},${i % 8}`) },
    points(random, count) {
      return Array.from({ length: count }, (_, i) => {
        const [x, y] = centre(i % 10);
        return [x + 4.6 * random.normal(), y + 4.6 * random.normal(), i % 10];
      });
    },
    scores: (x, y) => Array.from({ length: 10 }, (_, k) => {
      const [cx, cy] = centre(k);
      return -0.025 * ((x - cx) ** 2 + (y - cy) ** 2);
    }),
    confusion: Array.from({ length: 10 }, (_row, i) => Array.from({ length: 10 }, (_cell, j) => (i === j ? 33 : (i * 7 + j * 3) % 11 === 0 ? (i + j) % 4 : 0))),
  },
  bumps: {
    info: { title: "bumps · 16-16 tanh", task: "regression", class_names: [], target_name: "height", parameters: 337 },
    view: { kind: "plane", x: 0, y: 1, x_label: "x₁", y_label: "x₂", x_range: [-3, 3], y_range: [-3, 3], note: "", feature_names: ["x₁", "x₂"] },
    points(random, count) {
      return Array.from({ length: count }, () => {
        const [x, y] = [5.4 * random.next() - 2.7, 5.4 * random.next() - 2.7];
        return [x, y, bump(x, y) + 3 * random.normal()];
      });
    },
  },
};

/** One row in five, evenly over the classes. */
const tests = (i) => Math.floor(i / 10) % 5 === i % 5;

function centre(k) {
  const radius = k % 2 ? 20 : 11;
  return [radius * Math.cos(k * 0.63 + 0.3), radius * Math.sin(k * 0.63 + 0.3)];
}

function bump(x, y) {
  return 60 + 55 * Math.exp(-((x - 1) ** 2 + (y - 0.8) ** 2)) - 45 * Math.exp(-((x + 1.1) ** 2 + (y + 0.9) ** 2) / 1.5);
}

/** Everything a feeder needs to play a scene. */
export function createScene(name, { epochs = 400, channel = `run-${name}`, count } = {}) {
  const scene = SCENES[name];
  const regression = scene.info.task === "regression";
  const random = randomly(7);
  const points = scene.points(random, count ?? (name === "digits" ? 1797 : name === "iris" ? 150 : 300));
  const noise = randomly(11);
  const { x_range: [x0, x1], y_range: [y0, y1] } = scene.view;

  const info = () => ({
    channel, epochs, train_rows: Math.round(points.length * 0.8), test_rows: Math.round(points.length * 0.2),
    log_names: regression ? ["loss", "mae", "val_loss", "val_mae"] : ["loss", "accuracy", "val_loss", "val_accuracy"],
    baseline: regression
      ? { loss: 1.02, metric: 0.8, label: { said: "always the mean" } }
      : { loss: Math.log(scene.info.class_names.length), metric: 1 / scene.info.class_names.length, label: { said: "always '{name}'", values: { name: scene.info.class_names[0] } } },
    scales: regression ? { loss: 420, metric: 20.5 } : { loss: 1, metric: 1 },
    loss_name: { said: regression ? "mean squared error" : "cross-entropy" },
    ...scene.info,
  });

  const view = () => [scene.view, {
    points_x: ["f32", [points.length], points.map((point) => point[0])],
    points_y: ["f32", [points.length], points.map((point) => point[1])],
    points_target: ["f32", [points.length], points.map((point) => point[2])],
    points_test: ["u8", [points.length], points.map((_, i) => (tests(i) ? 1 : 0))],
  }];

  const logs = (epoch) => {
    const falling = Math.exp(-epoch / (epochs / 9));
    const top = Math.log(scene.info.class_names.length || 2.7);
    const loss = (top - 0.07) * falling + 0.07;
    return regression
      ? [loss, 0.75 * falling + 0.13 + 0.008 * noise.normal(), loss * 1.08 + 0.03 + 0.015 * noise.normal(), 0.75 * falling + 0.17 + 0.01 * noise.normal()]
      : [loss + 0.006 * noise.normal(), 0.975 - 0.5 * falling + 0.004 * noise.normal(),
        loss + 0.06 * (1 - falling) + 0.012 * noise.normal(), Math.round((0.94 - 0.5 * falling + 0.01 * noise.normal()) * 60) / 60];
  };

  const history = (first, last) => {
    const values = [];
    for (let epoch = first; epoch <= last; epoch++) values.push(...logs(epoch));
    return [{ first_epoch: first }, { history: ["f32", [last - first + 1, 4], values] }];
  };

  const frame = (epoch) => {
    const [rows, columns] = [100, 100];
    const sharp = 0.25 + 2.4 * (1 - Math.exp(-epoch / (epochs / 4)));
    const first = new Uint8Array(rows * columns);
    const second = new Uint8Array(rows * columns);
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const x = x0 + ((i + 0.5) / columns) * (x1 - x0);
        const y = y0 + ((j + 0.5) / rows) * (y1 - y0);
        if (regression) {
          first[j * columns + i] = Math.round(255 * Math.min(1, Math.max(0, (bump(x, y) - 10) / 110)));
        } else {
          const odds = softmax(scene.scores(x, y).map((score) => score * sharp));
          const best = odds.indexOf(Math.max(...odds));
          first[j * columns + i] = best;
          odds.sort((one, other) => other - one);
          second[j * columns + i] = Math.round(255 * (odds[0] - odds[1])); // the lead over the second class
        }
      }
    }
    if (!regression) {
      return [{ epoch, confusion: scene.confusion, map: { rows, columns } },
        { map_class: ["u8", [rows, columns], first], map_confidence: ["u8", [rows, columns], second] }];
    }
    const tested = points.filter((_, i) => tests(i));
    const blur = 4 + 20 * Math.exp(-epoch / (epochs / 6));
    const spread = randomly(5);
    return [{ epoch, confusion: null, map: { rows, columns, range: [10, 120] } }, {
      map_value: ["u8", [rows, columns], first],
      predicted: ["f32", [tested.length], tested.map((point) => bump(point[0], point[1]) + blur * spread.normal())],
      actual: ["f32", [tested.length], tested.map((point) => point[2])],
    }];
  };

  const state = (epoch, more = {}) => ({
    state: "running", epoch, epochs, message: null, tone: "info", queue_position: null,
    epochs_per_second: 1920, seconds_left: (epochs - epoch) / 40, learning_rate: 0.01, changes: [], ...more,
  });

  return {
    info, view, history, frame, state,
    /** The whole picture at `epoch`, in one message. */
    at(epoch, more) {
      const [viewHeader, viewBlocks] = view();
      const [historyHeader, historyBlocks] = epoch ? history(1, epoch) : [undefined, {}];
      const [frameHeader, frameBlocks] = frame(epoch);
      return encode({ info: info(), view: viewHeader, state: state(epoch, more), history: historyHeader, frame: frameHeader },
        { ...viewBlocks, ...historyBlocks, ...frameBlocks });
    },
    /** What arrives later: epochs `first` to `last`, with a frame if asked. */
    more(first, last, { withFrame = true, ...more } = {}) {
      const [historyHeader, historyBlocks] = history(first, last);
      const [frameHeader, frameBlocks] = withFrame ? frame(last) : [undefined, {}];
      return encode({ state: state(last, more), history: historyHeader, frame: frameHeader }, { ...historyBlocks, ...frameBlocks });
    },
  };
}
