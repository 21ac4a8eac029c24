/** The words of slow motion: for each phase its name, a sentence, the equation with its numbers, and the Keras line. */

import { short } from "../ui/index.js";
import { N_, named, sentences, t, tn } from "../words/index.js";

export const PHASES = [N_("Batch"), N_("Forward"), N_("Loss"), N_("Backward"), N_("Update")];

const TERMS = 4; // written out in a sum; the rest are counted

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
/** @param {number} number */
const subscript = (number) => [...String(number)].map((digit) => SUBSCRIPTS[Number(digit)]).join("");
/** @param {number} value */
const bracketed = (value) => (value < 0 ? `(${short(value)})` : short(value));

/** "0.31·1.20 + (−0.52)·0.40 + … 3 more", the largest terms first. @param {[number, number][]} pairs @param {number} missing */
function sum(pairs, missing) {
  const sorted = [...pairs].sort((p, q) => Math.abs(q[0] * q[1]) - Math.abs(p[0] * p[1]));
  const written = sorted.slice(0, TERMS).map(([weight, value]) => `${bracketed(weight)}·${bracketed(value)}`);
  const left = Math.max(0, sorted.length - TERMS) + missing;
  return [...written, ...(left ? [t("… {n} more", { n: left })] : [])].join(" + ");
}

/**
 * What a neuron is called: its class where it is an output, its number elsewhere.
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} layer
 * @param {number} unit
 */
export function nameOf(step, layer, unit) {
  const { units, of } = step.layers[layer];
  if (layer < step.layers.length - 1) return t("hidden {layer}, neuron {n}", { layer: layer + 1, n: units[unit] + 1 });
  return of === 1 ? t("the output") : named(step.outputs[units[unit]]);
}

/** A loss's formula with numbers in it: "(a − y)²" becomes "(0.31 − (−1.2))²"; p is a probability that is an output.
 * @param {string} formula @param {number} output @param {number} [target] */
const withNumbers = (formula, output, target) =>
  formula.replace(/\b[apy]\b/g, (letter) => (letter === "y" ? bracketed(target) : short(output)));

/**
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} phase index into PHASES
 * @param {{layer: number, unit: number}} chosen
 * @returns {{sentence: string, equations: import("./mathml.js").Equation[], code: string[]}}
 */
export function wordsFor(step, phase, { layer, unit }) {
  return [batchWords, forwardWords, lossWords, backwardWords, updateWords][phase](step, layer, unit);
}

/** @param {import("../run/index.js").SlowStep} step */
function batchWords(step) {
  return {
    sentence: sentences(
      tn("Batch {batch} of {batches} of epoch {epoch}: {n} training row, in the order shuffled for it.",
        "Batch {batch} of {batches} of epoch {epoch}: {n} training rows, in the order shuffled for it.", step.samples,
        { batch: step.batch + 1, batches: step.batches, epoch: step.epoch + 1 }),
      t("Followed is row {row}, which is {target}.", { row: step.row, target: named(step.target_name) }),
    ),
    equations: step.inputs.names.slice(0, 5).map((name, i) => [`x${subscript(i + 1)}`, { words: named(name) }, short(step.inputs.values[i])]),
    code: [`rows = order[${step.batch} * batch_size : ${step.batch + 1} * batch_size]`, "x, y = x_train[rows], y_train[rows]"],
  };
}

/** Of a large layer only some neurons are drawn. @param {import("../run/index.js").SlowStep} step @param {number} layer */
function fewer(step, layer) {
  const { units, of } = step.layers[layer];
  return units.length < of ? t("Of its layer's {of} neurons, the {n} most active are drawn.", { of, n: units.length }) : "";
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function forwardWords(step, layer, unit) {
  const { weights, inputs, biases, z, a, normalized, dropout, activation, fan_in: fanIn } = step.layers[layer];
  const name = subscript(step.layers[layer].units[unit] + 1);
  /** @type {[number, number][]} */
  const pairs = weights.map((row, from) => [row[unit], inputs[from]]);
  /** @type {import("./mathml.js").Equation[]} */
  const equations = [`z${name} = w·x + b = ${sum(pairs, fanIn - inputs.length)} + ${bracketed(biases[unit])} = ${short(z[unit])}`];
  let entering = `${short(z[unit])}`;
  if (normalized) {
    // Translators: a formula, which is set as one: keep its signs and the spaces around = and +.
    equations.push(t("ẑ{unit} = batch norm({sum}) = {value}", { unit: name, sum: entering, value: short(normalized[unit]) }));
    entering = short(normalized[unit]);
  }
  equations.push(activation === "softmax"
    ? `a${name} = softmax(z)${name} = e^${bracketed(z[unit])} / Σ e^z = ${short(a[unit])}`
    : `a${name} = ${activation}(${entering}) = ${short(a[unit])}`);
  if (dropout) {
    equations.push(dropout[unit] ? { caption: t("kept by dropout"), formula: `× ${short(dropout[unit])}` } : { caption: t("left out by dropout"), formula: "× 0" });
  }
  return {
    sentence: sentences(
      t("Each neuron weighs what it gets, adds its bias, and bends the sum."), t("This is {neuron}.", { neuron: nameOf(step, layer, unit) }), fewer(step, layer),
    ),
    equations,
    code: ["y_pred = model(x, training=True)"],
  };
}

/** @param {import("../run/index.js").SlowStep} step */
function lossWords(step) {
  const last = step.layers.at(-1);
  const own = step.losses[step.sample];
  const place = last.of === 1 ? 0 : last.units.indexOf(step.target);
  const symbol = place >= 0 && !step.from_logits ? step.loss_symbol : "";
  /** @param {string} formula */
  const weighed = (formula) => (step.weight === undefined ? formula : `${short(step.weight)}·(${formula})`);
  const equation = symbol && `L = ${weighed(symbol)} = ${weighed(withNumbers(symbol, last.a[place], step.target))}`;
  const values = { penalty: short(step.penalty), loss: short(step.loss) };
  return {
    sentence: sentences(
      tn("How wrong is the answer for this row, and on average over the {n} row of the batch?",
        "How wrong is the answer for this row, and on average over the {n} rows of the batch?", step.samples),
      step.weight === undefined ? "" : t("Class weights: the loss of this row counts {weight} times.", { weight: short(step.weight) }),
    ),
    equations: [
      equation ? `${equation} = ${short(own)}` : `L = ${weighed(named(step.loss_kind.replaceAll("_", " ")))} = ${short(own)}`,
      step.penalty
        // Translators: a formula, which is set as one: keep its signs and the spaces around = and +.
        ? tn("loss of the batch = mean of {n} loss + penalty {penalty} = {loss}", "loss of the batch = mean of {n} losses + penalty {penalty} = {loss}", step.samples, values)
        : tn("loss of the batch = mean of {n} loss = {loss}", "loss of the batch = mean of {n} losses = {loss}", step.samples, values),
    ],
    code: [step.weight === undefined ? "loss = loss_fn(y, y_pred)" : "loss = loss_fn(y, y_pred, sample_weight)"],
  };
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function backwardWords(step, layer, unit) {
  const { delta, slope, inputs, gradients, units, fan_in: fanIn } = step.layers[layer];
  const name = subscript(units[unit] + 1);
  const next = step.layers[layer + 1];
  /** @type {import("./mathml.js").Equation[]} */
  const equations = [];
  if (next && slope && !step.layers[layer].dropout && !step.layers[layer].normalized) {
    /** @type {[number, number][]} */
    const pairs = next.weights[unit].map((weight, to) => [weight, next.delta[to]]);
    // Translators: a formula, which is set as one: keep its signs and the spaces around = and +.
    equations.push(t("δ{unit} = (Σ w·δ of the next layer) · f′(z) = ({sum}) · {slope} = {value}", {
      unit: name, sum: sum(pairs, next.of - next.units.length), slope: bracketed(slope[unit]), value: short(delta[unit]),
    }));
  } else equations.push(`δ${name} = ∂L/∂z${name} = ${short(delta[unit])}`);
  const strongest = inputs.reduce((best, value, from) => (Math.abs(value) > Math.abs(inputs[best]) ? from : best), 0);
  equations.push({
    caption: t("this row's share of a weight's gradient"),
    formula: `x·δ = ${bracketed(inputs[strongest])}·${bracketed(delta[unit])} = ${short(inputs[strongest] * delta[unit])}`,
  });
  equations.push({ caption: t("averaged over the batch"), formula: `∂L/∂w = ${short(gradients[strongest][unit])}` });
  return {
    sentence: sentences(
      t("Who is to blame? The error runs back through the same weights; δ says how the loss changes with a neuron's sum."),
      fanIn > inputs.length ? t("Shown are the strongest units.") : "",
    ),
    equations,
    code: ["gradients = tape.gradient(loss, model.trainable_variables)"],
  };
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function updateWords(step, layer, unit) {
  const { weights, new_weights: after, gradients, biases, new_biases: newBiases } = step.layers[layer];
  const moved = weights.map((row, from) => after[from][unit] - row[unit]);
  const most = moved.reduce((best, change, from) => (Math.abs(change) > Math.abs(moved[best]) ? from : best), 0);
  const [next, rate] = [short(after[most][unit], 2), short(step.learning_rate)];
  /** @type {import("./mathml.js").Equation} */
  const rule = step.optimizer === "sgd"
    ? t("w ← w − rate·∂L/∂w = {weight} − {rate}·{gradient} = {next}", {
      weight: short(weights[most][unit]), rate, gradient: bracketed(gradients[most][unit]), next,
    })
    : {
      caption: t("gradient {gradient}, {optimizer} at rate {rate}", { gradient: short(gradients[most][unit]), optimizer: step.optimizer, rate }),
      formula: `w: ${short(weights[most][unit], 2)} → ${next}`,
    };
  return {
    sentence: sentences(
      t("Every weight takes a small step against its gradient."), t("Of {neuron}, this one moves most.", { neuron: nameOf(step, layer, unit) }),
    ),
    equations: [rule, `b: ${short(biases[unit], 2)} → ${short(newBiases[unit], 2)}`],
    code: ["optimizer.apply_gradients(zip(gradients, model.trainable_variables))"],
  };
}

/** @returns {number|null} */
const nothing = () => null;

/**
 * The number at a neuron in a phase, and those on the links that lead to it.
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} phase
 * @param {number} layer
 */
export function numbersOf(step, phase, layer) {
  const { a, delta, biases, new_biases: newBiases, weights, gradients, new_weights: after } = step.layers[layer];
  const isLast = layer === step.layers.length - 1;
  return [
    { units: a.map(nothing), links: weights },
    { units: a, links: weights },
    { units: isLast ? a : a.map(nothing), links: weights },
    { units: delta, links: gradients },
    { units: newBiases.map((bias, unit) => bias - biases[unit]), links: after.map((row, from) => row.map((value, to) => value - weights[from][to])) },
  ][phase];
}
