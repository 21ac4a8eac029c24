/** A shallow tree that imitates the network, as rules, with how well it does. */

import { el, percent, short } from "../ui/index.js";
import { named, sentences, t, taskWords, tn } from "../words/index.js";

const DEPTHS = [1, 2, 3, 4, 5];

/**
 * @typedef {object} TreeNode
 * @property {number} rows
 * @property {number[]} value shares of classes, or one number
 * @property {number|null} column
 * @property {number|null} threshold
 * @property {boolean} missing_left
 * @property {number|null} left
 * @property {number|null} right
 *
 * @typedef {{rows: number, agreement: number|null, constant: number|null}} Fidelity
 *
 * @typedef {object} Tree as core/tasks/surrogate.py tells it
 * @property {number} epoch
 * @property {number} depth
 * @property {"classification"|"regression"} task
 * @property {string[]} columns
 * @property {string[]} classes
 * @property {string} target
 * @property {Object<string, string[]>} levels
 * @property {string[]} dates
 * @property {TreeNode[]} nodes
 * @property {Fidelity} train
 * @property {Fidelity} test
 * @property {number|null} tree_score
 * @property {number|null} network_score
 */

/** @param {(depth: number) => void} grow */
export function createTree(grow) {
  const depth = el("select", { class: "dsc-select", "data-testid": "tree-depth", "aria-label": () => t("Depth of the tree"), onchange: () => grow(Number(depth.value)) },
    ...DEPTHS.map((value) => el("option", { value: String(value), selected: value === 3, text: () => tn("{n} question deep", "{n} questions deep", value) })));
  const headline = el("p", { class: "dsc-ex-headline", role: "status", "data-testid": "tree-fidelity" });
  const note = el("p", { class: "dsc-under" });
  const rules = el("div", { class: "dsc-ex-rules" });
  const element = el("section", { class: "dsc-card dsc-ex-tree", "data-testid": "tree" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("The network in a few rules: a surrogate tree") }), el("span", { class: "dsc-aside" }, depth)),
    headline, note, rules,
    el("p", { class: "dsc-ex-can" }, el("b", { text: () => t("Can say") }), " ", el("span", { text: () => t("in a few rules what the network mostly answers.") })),
    el("p", { class: "dsc-ex-cannot" }, el("b", { text: () => t("Cannot say") }), " ", el("span", { text: () => t("anything where the two disagree, nor that the network follows these rules: other trees imitate it as well.") })));
  return {
    element,
    get depth() {
      return Number(depth.value);
    },
    /** @param {Tree|null} tree @param {string|import("../words/index.js").ToldTask} problem or how far it is */
    show(tree, problem) {
      element.dataset.nodes = tree ? String(tree.nodes.length) : "";
      if (!tree) {
        headline.textContent = typeof problem === "string" ? problem : taskWords(problem);
        rules.replaceChildren();
        note.textContent = "";
        return;
      }
      headline.textContent = fidelityWords(tree);
      note.textContent = sentences(scoreWords(tree), t("After epoch {epoch:,}.", { epoch: tree.epoch }));
      rules.replaceChildren(branch(tree, 0));
    },
  };
}

/** @param {Tree} tree */
function fidelityWords({ task, test, train, classes, nodes }) {
  const { agreement, constant, rows } = test.rows ? test : train;
  if (agreement === null) return t("How well it imitates the network is not defined here.");
  if (task === "regression") return t("The tree's values explain {share} of how the network's predictions differ ({rows:,} test rows, R²).", { share: percent(agreement, 0), rows });
  const usual = named(classes[nodes[0].value.indexOf(Math.max(...nodes[0].value))]);
  return t("The tree gives the network's answer for {share} of {rows:,} test rows (always “{usual}”: {constant}).", { share: percent(agreement), rows, usual, constant: percent(constant, 0) });
}

/** @param {Tree} tree */
function scoreWords({ task, tree_score: tree, network_score: network }) {
  if (tree === null || network === null) return "";
  return task === "regression" ? t("Against what is true, R²: the tree {tree:.2f}, the network {network:.2f}.", { tree, network })
    : t("The tree is right about {tree} of them, the network about {network}.", { tree: percent(tree), network: percent(network) });
}

/** @param {Tree} tree @param {number} place @returns {HTMLElement} */
function branch(tree, place) {
  const node = tree.nodes[place];
  if (node.column === null) return el("ul", {}, el("li", {}, leaf(tree, node)));
  const name = tree.columns[node.column];
  const [yes, no] = questionOf(tree, node, name);
  return el("ul", {}, ...[[yes, node.left], [no, node.right]].map(([said, next]) => {
    const child = tree.nodes[Number(next)];
    const rule = el("span", { class: "dsc-ex-rule" }, el("span", { text: String(said) }));
    return child.column === null ? el("li", {}, rule, leaf(tree, child)) : el("li", {}, rule, branch(tree, Number(next)));
  }));
}

/** Both answers. @param {Tree} tree @param {TreeNode} node @param {string} column */
function questionOf({ levels, dates }, node, column) {
  const name = named(column);
  const missing = node.missing_left;
  const known = levels[column];
  if (known) {
    const [low, high] = [known.slice(0, Math.floor(node.threshold) + 1), known.slice(Math.floor(node.threshold) + 1)].map((some) => some.map(named).join(", "));
    return [t("{column} is {values}", { column: name, values: low }), t("{column} is {values}", { column: name, values: high || (missing ? "" : t("missing")) })];
  }
  const value = dates.includes(column) ? new Date(Math.floor(node.threshold) * 86_400_000).toISOString().slice(0, 10) : short(node.threshold);
  return [t("{column} ≤ {value}", { column: name, value }), t("{column} > {value}", { column: name, value })];
}

/** @param {Tree} tree @param {TreeNode} node */
function leaf({ task, classes }, { rows, value }) {
  const of = tn("{n:,} row", "{n:,} rows", rows);
  if (task === "regression") return el("span", { class: "dsc-ex-leaf" }, el("b", { text: short(value[0]) }), el("span", { text: of }));
  const share = Math.max(...value);
  const bar = el("span", { class: "dsc-ex-share", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(share));
  const place = value.indexOf(share);
  bar.style.setProperty("--bar", `var(--dsc-ex-class-${place % 10})`);
  return el("span", { class: "dsc-ex-leaf" }, el("b", { text: named(classes[place]) }), bar, el("span", { text: t("{share} of {rows}", { share: percent(share, 0), rows: of }) }));
}
