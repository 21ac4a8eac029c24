"""The evaluation of a run as one HTML page that opens without a server and prints on two sheets."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.evaluation.figures import Figure
from core.experiment.config import ExperimentConfig
from core.tasks.lettering import CHINESE
from core.words import Said, word
from pages.languages import Language
from pages.server.asked_evaluation import RunEvaluation
from pages.server.evaluation import answered
from pages.server.evaluation_charts import charts_of
from pages.server.identity import browser_of
from pages.server.palette import PALETTE
from pages.server.report_charts import CLIP
from pages.server.saved_files import as_file

_STYLE = Path(__file__).parent / "report.css"

#: Names of figures on paper.
_TITLES = {
    "roc_auc": Said("Area under the ROC curve"),
    "average_precision": Said("Average precision"),
    "accuracy": Said("Accuracy"),
    "balanced_accuracy": Said("Balanced accuracy"),
    "matthews_corrcoef": Said("Matthews correlation"),
    "cohen_kappa": Said("Cohen's kappa"),
    "log_loss": Said("Log loss (0 is best)"),
    "brier_score": Said("Brier score (0 is best)"),
    "f1": Said("F1"),
    "precision": Said("Precision"),
    "recall": Said("Sensitivity (recall)"),
    "specificity": Said("Specificity"),
    "positive_predictive_value": Said("Positive predictive value"),
    "negative_predictive_value": Said("Negative predictive value"),
    "r2": Said("R²"),
    "mean_absolute_error": Said("Mean absolute error"),
    "root_mean_squared_error": Said("Root mean squared error"),
}
_ROWS = {
    "train": Said("training rows"),
    "validation": Said("validation rows"),
    "test": Said("test rows"),
    "external": Said("external rows"),
}
_METHODS = Said(
    "Intervals of 95 %: Wilson for shares of rows, DeLong on the logit scale for the area, samples of the confusion "
    "matrix for balanced accuracy, Matthews, kappa and F1, samples of the rows for the others. Metrics are "
    "scikit-learn's."
)
_METHODS_OF_NUMBERS = Said("Intervals of 95 % come from samples of the rows. Metrics are scikit-learn's.")
_TEACHING = Said("For teaching, not for clinical use")
_PER_1000 = Said("Per 1,000 at this prevalence: {missed} missed, {alarms} false alarms.")


def report_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/evaluation.html`, with the parameters of `evaluation.json`."""
    return [Route("/descent/runs/{run}/evaluation.html", as_report)]


async def as_report(request: Request) -> Response:
    """The report, in the language of who asks."""

    def answer(found: RunEvaluation, language: Language) -> Response:
        engine = get_engine()
        run, browser = engine.find(request.path_params["run"]), browser_of(request.headers)
        config = engine.config_for(run.config, browser)
        page = report_page(found, config, language, shows_rows=engine.rows_withheld(run, browser) is None)
        return Response(page, media_type="text/html; charset=utf-8", headers=as_file("evaluation.html"))

    return await answered(request, answer)


def report_page(found: RunEvaluation, config: ExperimentConfig, language: Language, *, shows_rows: bool) -> str:
    """The page.

    Args:
        config: as the reader may know it.
        shows_rows: whether curves may be drawn, which are made of single rows.
    """

    def say(said: Said) -> str:
        return html.escape(word(said, language))

    title = _title(config)
    style = _STYLE.read_text("utf-8")
    for name in ("ink", "soft", "line", "tint", "a", "card"):
        style = style.replace(f"%{name}%", PALETTE["light"][name])
    charts = charts_of(found, lambda said: word(said, language)) if shows_rows else []
    chosen = [found.choices, *_threshold(found), _METHODS if found.evaluation.class_names else _METHODS_OF_NUMBERS]
    parts = [
        f"<header><p>{say(_TEACHING)}</p><h1>{say(title)}</h1><p>{say(_about(found))}</p></header>",
        f'<p class="sentence">{say(_sentence(found))}</p>',
        _section(say(Said("Figures")), _table(found, say)),
        _section(say(Said("Confusion matrix")), _matrix(found, say)) if found.evaluation.class_names else "",
        f'<section class="charts">{CLIP}{"".join(charts)}</section>' if charts else "",
        _section(say(Said("What chose what")), "".join(f"<p>{say(each)}</p>" for each in chosen)),
        _section(say(Said("The experiment")), _experiment(config, say)),
    ]
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{say(title)} · Descent</title>'
        f"<style>{_font(language)}{style}</style></head><body><main>{''.join(parts)}</main></body></html>"
    )


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{title}</h2>{inside}</section>"


def _font(language: Language) -> str:
    """Our Chinese font inside the page, for computers that have none."""
    if language.code != "zh":
        return ""
    import base64

    data = base64.b64encode(CHINESE.read_bytes()).decode("ascii")
    return f'@font-face {{ font-family: "Descent CJK"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}'


def _title(config: ExperimentConfig) -> Said:
    layers = "-".join([*(layer.title for layer in config.model.hidden_layers), str(config.output.units)])
    return Said("{dataset} · {layers}", {"dataset": Said.marked(config.dataset.info.title), "layers": layers})


def _about(found: RunEvaluation) -> Said:
    evaluation = found.evaluation
    values = {"epoch": found.epoch, "n": evaluation.rows, "rows": _ROWS[found.rows]}
    if not evaluation.class_names:
        return Said("After epoch {epoch:,}, on {n:,} {rows}", values)
    return Said(
        "After epoch {epoch:,}, on {n:,} {rows}; positive is '{name}' from a probability of {threshold:.2f} on; "
        "prevalence {prevalence:.1%}",
        {
            **values,
            "name": Said.marked(evaluation.class_names[evaluation.positive]),
            "threshold": evaluation.threshold,
            "prevalence": evaluation.prevalence or 0.0,
        },
    )


def _sentence(found: RunEvaluation) -> Said:
    evaluation = found.evaluation
    if not evaluation.class_names:
        off = evaluation.metrics["mean_absolute_error"]
        if off.value is None:
            return off.reason or Said.exactly("")
        values = {"target": Said.marked(found.target), "off": off.value}
        return Said("{target}: off by {off:.4g} on average.", values)
    missed, alarms = evaluation.missed, evaluation.false_alarms
    if missed.value is None or alarms.value is None:
        return missed.reason or alarms.reason or Said.exactly("")
    return _PER_1000.filled(missed=_people(missed.value), alarms=_people(alarms.value))


def _people(count: float) -> float:
    """Whole people, as on the page; of less than one the first digit that counts: 0.3 of 1,000 are not none."""
    return float(f"{count:.1g}") if 0 < count < 0.95 else round(count)


def _table(found: RunEvaluation, say: Callable[[Said], str]) -> str:
    lines = []
    for name, figure in found.evaluation.metrics.items():
        if figure.value is None:
            reason = say(figure.reason) if figure.reason is not None else ""
            lines.append(f'<tr><th scope="row">{say(_TITLES[name])}</th><td>–</td><td colspan="2">{reason}</td></tr>')
            continue
        span = "" if figure.low is None else f"{_written(figure.low)} – {_written(figure.high or 0.0)}"
        lines.append(
            f'<tr><th scope="row">{say(_TITLES[name])}</th><td>{_written(figure.value)}</td><td>{span}</td>'
            f"<td>{_whisker(name, figure)}</td></tr>"
        )
    heads = (Said("Figure"), Said("Value"), Said("95 % interval"))
    head = "".join(f'<th scope="col">{say(each)}</th>' for each in heads)
    return f"<table class='figures'><thead><tr>{head}<td></td></tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _whisker(name: str, figure: Figure) -> str:
    """The interval as a line from 0 to 1, or −1 to 1, with the value on it."""
    if figure.low is None or figure.high is None or figure.value is None or name.endswith("error"):
        return ""
    left = -1.0 if name in {"matthews_corrcoef", "cohen_kappa", "r2"} else 0.0
    right = max(1.0, figure.high)
    low, high, at = (
        4 + 152 * (max(left, each) - left) / (right - left) for each in (figure.low, figure.high, figure.value)
    )
    colour, line = PALETTE["light"]["a"], PALETTE["light"]["line"]
    return (
        f'<svg class="whisker" viewBox="0 0 160 12" aria-hidden="true"><path d="M4 6H156" stroke="{line}"/>'
        f'<path d="M{low:.1f} 6H{high:.1f}" stroke="{colour}" stroke-width="3"/>'
        f'<circle cx="{at:.1f}" cy="6" r="4" fill="{colour}"/></svg>'
    )


def _matrix(found: RunEvaluation, say: Callable[[Said], str]) -> str:
    titles = [say(Said.marked(name)) for name in found.evaluation.class_names]
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    lines = "".join(
        f'<tr><th scope="row">{title}</th>'
        + "".join(f"<td{' class=right' if row == column else ''}>{count}</td>" for column, count in enumerate(line))
        + "</tr>"
        for row, (title, line) in enumerate(zip(titles, found.evaluation.confusion.tolist(), strict=False))
    )
    corner = say(Said("actual, by row; predicted, by column"))
    return f'<table class="matrix"><thead><tr><td>{corner}</td>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _threshold(found: RunEvaluation) -> list[Said]:
    if not found.evaluation.class_names:
        return []
    best, (missed, false_alarm) = found.least_cost, found.costs
    values = {"missed": f"{missed:g}", "alarm": f"{false_alarm:g}", "threshold": best.threshold}
    if best.by_rows:
        if found.rows == "validation":
            by_these = Said(
                "Where a missed event costs {missed} and a false alarm {alarm}, these very validation rows put the "
                "threshold of least cost at {threshold:.2f}: figures at it flatter the network a little.",
                values,
            )
            return [by_these]
        by_rows = Said(
            "Where a missed event costs {missed} and a false alarm {alarm}, the validation rows put the threshold of "
            "least cost at {threshold:.2f}; the rows shown here were not asked.",
            values,
        )
        return [by_rows]
    alone = Said(
        "Where a missed event costs {missed} and a false alarm {alarm}, costs alone put the threshold at "
        "{threshold:.2f}, for probabilities that mean what they say; no rows were asked.",
        values,
    )
    return [alone]


def _experiment(config: ExperimentConfig, say: Callable[[Said], str]) -> str:
    training = config.training
    stopping = training.early_stopping
    stops = Said("off") if stopping is None else Said.exactly(f"{stopping.monitor}, {stopping.patience}")
    lines = [
        (Said("Data set"), Said.marked(config.dataset.info.title)),
        (Said("Predicted"), Said.marked(config.dataset.info.target_name)),
        (Said("Layers"), Said.exactly(" – ".join(layer.title for layer in config.model.hidden_layers) or "–")),
        (Said("Parameters"), Said.exactly(f"{config.parameters:,}")),
        (Said("Optimizer"), Said.exactly(f"{training.optimizer}, {training.learning_rate:g}")),
        (Said("Batch size"), Said.exactly(f"{training.batch_size:,}")),
        (Said("Epochs"), Said.exactly(f"{training.epochs:,}")),
        (Said("Early stopping"), stops),
        (Said("Seed"), Said.exactly(str(config.seed))),
    ]
    return "<dl>" + "".join(f"<div><dt>{say(name)}</dt><dd>{say(value)}</dd></div>" for name, value in lines) + "</dl>"


def _written(value: float) -> str:
    text = f"{value:,.3f}" if abs(value) < 100 else f"{value:,.1f}"
    return text.replace("-", "−")
