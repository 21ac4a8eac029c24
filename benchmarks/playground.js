// A small network trained one sample and one scalar at a time, as browser playgrounds do, for the order of magnitude of
// what JavaScript without vectors gives. Own code: nodes that hold their links, links that hold their weights.
//
//   node benchmarks/playground.js '{"units": [2, 4, 2, 1], "rows": 250, "batch": 10, "seconds": 2}'
//
// Prints {"plain": epochs a second with training and test loss, "mapped": the same with a 100 × 100 map each epoch}.
"use strict";

const RESOLUTION = 100;

class Node {
  constructor() {
    this.inputs = [];
    this.outputs = [];
    this.bias = 0.1;
    this.output = 0;
    this.slope = 0;
    this.biasSlopes = 0;
  }

  fire() {
    let sum = this.bias;
    for (const link of this.inputs) sum += link.weight * link.from.output;
    this.output = Math.tanh(sum);
    return this.output;
  }
}

class Link {
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.weight = Math.random() - 0.5;
    this.slopes = 0;
    from.outputs.push(this);
    to.inputs.push(this);
  }
}

class Network {
  constructor(units) {
    this.layers = units.map((count) => Array.from({ length: count }, () => new Node()));
    for (let index = 1; index < this.layers.length; index++)
      for (const to of this.layers[index]) for (const from of this.layers[index - 1]) new Link(from, to);
    this.last = this.layers.at(-1)[0];
  }

  forward(inputs) {
    inputs.forEach((value, index) => (this.layers[0][index].output = value));
    for (let index = 1; index < this.layers.length; index++) for (const node of this.layers[index]) node.fire();
    return this.last.output;
  }

  backward(target) {
    for (let index = this.layers.length - 1; index > 0; index--)
      for (const node of this.layers[index]) {
        let outer = node === this.last ? node.output - target : 0;
        for (const link of node.outputs) outer += link.weight * link.to.slope;
        node.slope = outer * (1 - node.output * node.output);
        node.biasSlopes += node.slope;
        for (const link of node.inputs) link.slopes += node.slope * link.from.output;
      }
  }

  update(rate) {
    for (const layer of this.layers.slice(1))
      for (const node of layer) {
        node.bias -= rate * node.biasSlopes;
        node.biasSlopes = 0;
        for (const link of node.inputs) {
          link.weight -= rate * link.slopes;
          link.slopes = 0;
        }
      }
  }
}

function rows(count) {
  return Array.from({ length: count }, (_, index) => {
    const angle = Math.random() * 2 * Math.PI, inner = index % 2 === 0, radius = inner ? 0.5 : 1;
    return { inputs: [radius * Math.cos(angle), radius * Math.sin(angle)], target: inner ? 1 : -1 };
  });
}

function loss(network, points) {
  return points.reduce((sum, { inputs, target }) => sum + 0.5 * (network.forward(inputs) - target) ** 2, 0) / points.length;
}

function drawMap(network) {
  const map = [];
  for (let row = 0; row < RESOLUTION; row++)
    for (let column = 0; column < RESOLUTION; column++)
      map.push(network.forward([(column / RESOLUTION) * 2 - 1, (row / RESOLUTION) * 2 - 1]));
  return map;
}

function rate({ units, rows: count, batch, seconds }, mapped) {
  const network = new Network(units), train = rows(count), test = rows(count);
  const started = performance.now();
  let epochs = 0;
  while (performance.now() - started < seconds * 1000) {
    train.forEach(({ inputs, target }, index) => {
      network.forward(inputs);
      network.backward(target);
      if ((index + 1) % batch === 0) network.update(0.03 / batch);
    });
    loss(network, train);
    loss(network, test);
    if (mapped) drawMap(network);
    epochs++;
  }
  return epochs / ((performance.now() - started) / 1000);
}

const work = JSON.parse(process.argv[2]);
rate(work, true); // the engine compiles what is used often
console.log(JSON.stringify({ plain: rate(work, false), mapped: rate(work, true) }));
