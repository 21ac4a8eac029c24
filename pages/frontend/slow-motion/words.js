/** The words of slow motion: for each phase its name, a sentence, the equation with its numbers, and the Keras line. */

import { short } from "../ui/index.js";

export const PHASES = ["Batch", "Forward", "Loss", "Backward", "Update"];

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
  return [...written, ...(left ? [`… ${left} more`] : [])].join(" + ");
}

/**
 * What a neuron is called: its class where it is an output, its number elsewhere.
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} layer
 * @param {number} unit
 */
export function nameOf(step, layer, unit) {
  const { units, of } = step.layers[layer];
  if (layer < step.layers.length - 1) return `hidden ${layer + 1}, neuron ${units[unit] + 1}`;
  return of === 1 ? "the output" : step.outputs[units[unit]];
}

/** A loss's formula with numbers in it: "(a − y)²" becomes "(0.31 − (−1.2))²"; p is a probability that is an output.
 * @param {string} formula @param {number} output @param {number} [target] */
const withNumbers = (formula, output, target) =>
  formula.replace(/\b[apy]\b/g, (letter) => (letter === "y" ? bracketed(target) : short(output)));

/**
 * @param {import("../run/index.js").SlowStep} step
 * @param {number} phase index into PHASES
 * @param {{layer: number, unit: number}} chosen
 * @returns {{sentence: string, equations: Array<string|Array<string|{words: string}>>, code: string[]}} equations as mathml.js reads them
 */
export function wordsFor(step, phase, { layer, unit }) {
  return [batchWords, forwardWords, lossWords, backwardWords, updateWords][phase](step, layer, unit);
}

/** @param {import("../run/index.js").SlowStep} step */
function batchWords(step) {
  return {
    sentence: `Batch ${step.batch + 1} of ${step.batches} of epoch ${step.epoch + 1}: ${step.samples} training rows, in the order shuffled for it. `
      + `Followed is row ${step.row}, which is ${step.target_name}.`,
    equations: step.inputs.names.slice(0, 5).map((name, i) => [`x${subscript(i + 1)}`, { words: name }, short(step.inputs.values[i])]),
    code: [`rows = order[${step.batch} * batch_size : ${step.batch + 1} * batch_size]`, "x, y = x_train[rows], y_train[rows]"],
  };
}

/** Of a large layer only some neurons are drawn. @param {import("../run/index.js").SlowStep} step @param {number} layer */
function fewer(step, layer) {
  const { units, of } = step.layers[layer];
  return units.length < of ? ` Of its layer's ${of} neurons, the ${units.length} most active are drawn.` : "";
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function forwardWords(step, layer, unit) {
  const { weights, inputs, biases, z, a, normalized, dropout, activation, fan_in: fanIn } = step.layers[layer];
  const name = subscript(step.layers[layer].units[unit] + 1);
  /** @type {[number, number][]} */
  const pairs = weights.map((row, from) => [row[unit], inputs[from]]);
  const equations = [`z${name} = w·x + b = ${sum(pairs, fanIn - inputs.length)} + ${bracketed(biases[unit])} = ${short(z[unit])}`];
  let entering = `${short(z[unit])}`;
  if (normalized) {
    equations.push(`ẑ${name} = batch norm(${entering}) = ${short(normalized[unit])}`);
    entering = short(normalized[unit]);
  }
  equations.push(activation === "softmax"
    ? `a${name} = softmax(z)${name} = e^${bracketed(z[unit])} / Σ e^z = ${short(a[unit])}`
    : `a${name} = ${activation}(${entering}) = ${short(a[unit])}`);
  if (dropout) equations.push(dropout[unit] ? `kept by dropout: × ${short(dropout[unit])}` : "left out by dropout: × 0");
  return {
    sentence: `Each neuron weighs what it gets, adds its bias, and bends the sum. This is ${nameOf(step, layer, unit)}.${fewer(step, layer)}`,
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
  const equation = symbol && `L = ${symbol} = ${withNumbers(symbol, last.a[place], step.target)}`;
  const penalty = step.penalty ? ` + penalty ${short(step.penalty)}` : "";
  return {
    sentence: `How wrong is the answer for this row, and on average over the ${step.samples} rows of the batch?`,
    equations: [
      equation ? `${equation} = ${short(own)}` : `L = ${step.loss_kind.replaceAll("_", " ")} = ${short(own)}`,
      `loss of the batch = mean of ${step.samples} losses${penalty} = ${short(step.loss)}`,
    ],
    code: ["loss = loss_fn(y, y_pred)"],
  };
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function backwardWords(step, layer, unit) {
  const { delta, slope, inputs, gradients, units, fan_in: fanIn } = step.layers[layer];
  const name = subscript(units[unit] + 1);
  const next = step.layers[layer + 1];
  const equations = [];
  if (next && slope && !step.layers[layer].dropout && !step.layers[layer].normalized) {
    /** @type {[number, number][]} */
    const pairs = next.weights[unit].map((weight, to) => [weight, next.delta[to]]);
    equations.push(`δ${name} = (Σ w·δ of the next layer) · f′(z) = (${sum(pairs, next.of - next.units.length)}) · ${bracketed(slope[unit])} = ${short(delta[unit])}`);
  } else equations.push(`δ${name} = ∂L/∂z${name} = ${short(delta[unit])}`);
  const strongest = inputs.reduce((best, value, from) => (Math.abs(value) > Math.abs(inputs[best]) ? from : best), 0);
  equations.push(`this row's share of a weight's gradient: x·δ = ${bracketed(inputs[strongest])}·${bracketed(delta[unit])} = ${short(inputs[strongest] * delta[unit])}`);
  equations.push(`averaged over the batch: ∂L/∂w = ${short(gradients[strongest][unit])}`);
  return {
    sentence: `Who is to blame? The error runs back through the same weights; δ says how the loss changes with a neuron's sum.${fanIn > inputs.length ? " Shown are the strongest units." : ""}`,
    equations,
    code: ["gradients = tape.gradient(loss, model.trainable_variables)"],
  };
}

/** @param {import("../run/index.js").SlowStep} step @param {number} layer @param {number} unit */
function updateWords(step, layer, unit) {
  const { weights, new_weights: after, gradients, biases, new_biases: newBiases } = step.layers[layer];
  const moved = weights.map((row, from) => after[from][unit] - row[unit]);
  const most = moved.reduce((best, change, from) => (Math.abs(change) > Math.abs(moved[best]) ? from : best), 0);
  const plain = step.optimizer === "sgd";
  const rule = plain
    ? `w ← w − rate·∂L/∂w = ${short(weights[most][unit])} − ${short(step.learning_rate)}·${bracketed(gradients[most][unit])} = ${short(after[most][unit], 2)}`
    : `w: ${short(weights[most][unit], 2)} → ${short(after[most][unit], 2)} (gradient ${short(gradients[most][unit])}, ${step.optimizer} at rate ${short(step.learning_rate)})`;
  return {
    sentence: `Every weight takes a small step against its gradient. Of ${nameOf(step, layer, unit)}, this one moves most.`,
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
