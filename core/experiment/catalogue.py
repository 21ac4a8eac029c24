"""What is known about each data set before it is loaded: its task, size, names and one sentence.

What is English in them is marked (`N_`), to be worded where it is shown; names that the source made up stay.

Knows nothing of scikit-learn, so that a page can describe a data set without importing it. A test
compares every entry with what `core.datasets` loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.experiment.blocks import Block
from core.experiment.columns import ColumnConfig, labels
from core.experiment.picture_layers import ConvolutionConfig, PoolingConfig
from core.experiment.table import TableConfig
from core.experiment.table_schema import is_content
from core.experiment.task import Task
from core.words import N_


@dataclass(frozen=True)
class Groups:
    """Whom to tell apart when it is asked for whom a network works.

    Attributes:
        column: a raw one.
        limit: from it on a row belongs to the second group.
        titles: of the two; marked.
    """

    column: str
    limit: float
    titles: tuple[str, str]


@dataclass(frozen=True)
class DatasetInfo:
    """One entry of the catalogue.

    Attributes:
        rows: number of rows, or None where `samples` or the points decide.
        class_rows: rows of each class of a real set; empty for regression and where the configuration decides.
        feature_names: the columns as loaded (2-D sets: the coordinates).
        class_names: None for regression. For sets with `classes` or points, the names of the largest number of classes.
        classes: (fewest, most, default) where the number of classes can be chosen.
        blocks: where its columns are pixels of a picture, or of more than one kind; none for the columns of one table.
        groups: of rows that fare differently where a kind of data is missing.
        is_drawn: made of points drawn by hand, which are part of the configuration; they decide rows and classes.
        columns: of a table the inputs with their kinds, prepared as the configuration says; empty for the sets whose
            columns are numbers as they are.
        event: the class that a test looks for, such as `malignant`; None where the last class is taken for it.
        sentence: what the task is, for the page.
    """

    name: str
    title: str
    task: Task
    sentence: str
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] | None = None
    target_name: str = N_("class")
    rows: int | None = None
    class_rows: tuple[int, ...] = ()
    noise: bool = False
    classes: tuple[int, int, int] | None = None
    is_drawn: bool = False
    columns: tuple[ColumnConfig, ...] = ()
    event: str | None = None
    groups: Groups | None = None
    blocks: tuple[Block, ...] = ()

    @property
    def is_synthetic(self) -> bool:
        """Drawn from a formula: has `samples` and `noise`, and two coordinates."""
        return self.rows is None and not self.is_drawn

    @property
    def event_index(self) -> int:
        """The class that a test looks for."""
        classes = self.class_names or ()
        return classes.index(self.event) if self.event in classes else len(classes) - 1

    @property
    def columns_to_break(self) -> tuple[ColumnConfig, ...]:
        """The inputs as columns, also where they are numbers as they are."""
        return self.columns or tuple(ColumnConfig(name=name, kind="number") for name in self.feature_names)

    @property
    def is_table(self) -> bool:
        """Somebody's own table."""
        return is_content(self.name)

    @property
    def is_planar(self) -> bool:
        """Has two coordinates, from which other inputs can be computed."""
        return self.is_synthetic or self.is_drawn


def _plane(
    name: str,
    title: str,
    sentence: str,
    *,
    class_names: tuple[str, ...] | None = ("a", "b"),
    classes: tuple[int, int, int] | None = None,
) -> DatasetInfo:
    return DatasetInfo(
        name=name,
        title=title,
        task="regression" if class_names is None else "classification",
        sentence=sentence,
        feature_names=("x", "y"),
        class_names=class_names,
        target_name=N_("height") if class_names is None else N_("class"),
        noise=True,
        classes=classes,
    )


_DIABETES_FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
_IRIS_FEATURES = (
    N_("sepal length (cm)"),
    N_("sepal width (cm)"),
    N_("petal length (cm)"),
    N_("petal width (cm)"),
)
_WINE_FEATURES = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280/od315_of_diluted_wines",
    "proline",
)
_BREAST_CANCER_FEATURES = (
    N_("mean radius"),
    N_("mean texture"),
    N_("mean perimeter"),
    N_("mean area"),
    N_("mean smoothness"),
    N_("mean compactness"),
    N_("mean concavity"),
    N_("mean concave points"),
    N_("mean symmetry"),
    N_("mean fractal dimension"),
    N_("radius error"),
    N_("texture error"),
    N_("perimeter error"),
    N_("area error"),
    N_("smoothness error"),
    N_("compactness error"),
    N_("concavity error"),
    N_("concave points error"),
    N_("symmetry error"),
    N_("fractal dimension error"),
    N_("worst radius"),
    N_("worst texture"),
    N_("worst perimeter"),
    N_("worst area"),
    N_("worst smoothness"),
    N_("worst compactness"),
    N_("worst concavity"),
    N_("worst concave points"),
    N_("worst symmetry"),
    N_("worst fractal dimension"),
)

#: Of a synthetic clinic (`core/datasets/clinic.py`), with the units in which a chart holds them.
_CLINIC_COLUMNS = (
    ColumnConfig(name=N_("age (years)"), kind="number"),
    ColumnConfig(name=N_("sex"), kind="category", categories=(N_("female"), N_("male")), counts=(408, 392)),
    ColumnConfig(name=N_("smoker"), kind="yes_no", categories=(N_("no"), N_("yes")), counts=(612, 188)),
    ColumnConfig(
        name=N_("activity"),
        kind="ordered",
        categories=(N_("low"), N_("medium"), N_("high")),
        counts=(203, 362, 235),
    ),
    ColumnConfig(name=N_("body mass index (kg/m²)"), kind="number"),
    ColumnConfig(name=N_("systolic blood pressure (mmHg)"), kind="number"),
    ColumnConfig(name=N_("glucose (mmol/L)"), kind="number"),
    ColumnConfig(name=N_("C-reactive protein (mg/L)"), kind="number"),
)

_ENTRIES = (
    _plane("circles", N_("Circles"), N_("Is a point in the inner disc or in the ring around it?")),
    _plane("moons", N_("Moons"), N_("Which of two interlocking half-moons does a point belong to?")),
    _plane("xor", N_("XOR"), N_("Do the signs of x and y agree? No straight line can tell.")),
    _plane(
        "spirals",
        N_("Spirals"),
        N_("Which arm of a spiral does a point lie on?"),
        class_names=("a", "b", "c", "d", "e"),
        classes=(2, 5, 2),
    ),
    _plane(
        "blobs",
        N_("Blobs"),
        N_("Which cloud does a point come from?"),
        class_names=("a", "b", "c", "d", "e", "f"),
        classes=(2, 6, 3),
    ),
    _plane("checkerboard", N_("Checkerboard"), N_("Is a point on a light or on a dark square?")),
    _plane("plane", N_("Plane"), N_("How high is a tilted plane at this point?"), class_names=None),
    _plane("bumps", N_("Bumps"), N_("How high is a landscape of hills and hollows at this point?"), class_names=None),
    DatasetInfo(
        name="drawn",
        title=N_("Draw your own"),
        task="classification",
        sentence=N_("Draw points of two to six classes, and see how the network tells them apart."),
        feature_names=("x", "y"),
        class_names=(
            N_("class 1"),
            N_("class 2"),
            N_("class 3"),
            N_("class 4"),
            N_("class 5"),
            N_("class 6"),
        ),
        is_drawn=True,
    ),
    DatasetInfo(
        name="iris",
        title=N_("Iris"),
        task="classification",
        sentence=N_("Tell three species of iris apart by the size of their sepals and petals (150 flowers)."),
        feature_names=_IRIS_FEATURES,
        class_names=(N_("setosa"), N_("versicolor"), N_("virginica")),
        target_name=N_("species"),
        rows=150,
        class_rows=(50, 50, 50),
    ),
    DatasetInfo(
        name="wine",
        title=N_("Wine"),
        task="classification",
        sentence=N_("Tell which of three cultivars a wine was made from by its chemistry (178 wines)."),
        feature_names=_WINE_FEATURES,
        class_names=("class_0", "class_1", "class_2"),
        target_name=N_("cultivar"),
        rows=178,
        class_rows=(59, 71, 48),
    ),
    DatasetInfo(
        name="breast_cancer",
        title=N_("Breast cancer"),
        task="classification",
        sentence=N_(
            "Is a breast mass malignant or benign, judged by its cell nuclei under the microscope (569 patients)?"
        ),
        feature_names=_BREAST_CANCER_FEATURES,
        class_names=(N_("malignant"), N_("benign")),
        target_name=N_("diagnosis"),
        rows=569,
        class_rows=(212, 357),
        event="malignant",
    ),
    DatasetInfo(
        name="clinic",
        title=N_("Clinic"),
        task="classification",
        sentence=N_("Who is ill, judged by eight findings of a made-up clinic (800 patients)? Its causes are known."),
        feature_names=tuple(column.name for column in _CLINIC_COLUMNS),
        class_names=(N_("healthy"), N_("ill")),
        target_name=N_("diagnosis"),
        rows=800,
        class_rows=(447, 353),
        columns=_CLINIC_COLUMNS,
        event="ill",
    ),
    DatasetInfo(
        name="digits",
        title=N_("Digits"),
        task="classification",
        sentence=N_("Read a handwritten digit from its 8×8 pixels (1,797 images)."),
        feature_names=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        class_names=tuple(str(digit) for digit in range(10)),
        target_name=N_("digit"),
        rows=1797,
        class_rows=(178, 182, 177, 183, 181, 182, 181, 179, 174, 180),
        blocks=(Block("picture", N_("picture"), 0, (8, 8, 1)),),
    ),
    DatasetInfo(
        name="patients",
        title=N_("Patients: scan and table"),
        task="classification",
        sentence=N_("Is a patient ill, judged by a scan and by laboratory values (2,500 synthetic patients)?"),
        feature_names=(
            *(f"pixel_{row}_{column}" for row in range(16) for column in range(16)),
            *(N_("age"), N_("lactate"), N_("creatinine"), N_("bilirubin"), N_("sodium")),
        ),
        class_names=(N_("healthy"), N_("ill")),
        target_name=N_("state of health"),
        rows=2500,
        class_rows=(1238, 1262),
        event="ill",
        groups=Groups("age", 65.0, (N_("under 65"), N_("65 and older"))),
        blocks=(
            Block(
                "scan",
                N_("scan"),
                0,
                (16, 16, 1),
                (ConvolutionConfig(filters=4, kernel=5), PoolingConfig(size=4)),
            ),
            Block("table", N_("table"), 256, (5,)),
        ),
    ),
    DatasetInfo(
        name="diabetes",
        title=N_("Diabetes"),
        task="regression",
        sentence=N_("Predict how far diabetes progresses within a year from ten baseline measurements (442 patients)."),
        feature_names=_DIABETES_FEATURES,
        target_name=N_("disease progression"),
        rows=442,
    ),
)

#: Every data set by name, in the order in which the page offers them.
CATALOG: dict[str, DatasetInfo] = {entry.name: entry for entry in _ENTRIES}


def describe(name: str, table: TableConfig | None = None) -> DatasetInfo:
    """What is known of a data set before it is loaded: its entry, or what the configuration says of a table.

    >>> describe("iris").rows
    150
    """
    return CATALOG[name] if table is None else _describe_table(table)


@lru_cache(maxsize=64)
def _describe_table(table: TableConfig) -> DatasetInfo:
    target = table.target
    classes = target.categories if table.task == "classification" else None
    place = table.columns.index(target)
    if table.picture is not None:
        return _describe_pictures(table, table.picture)
    return DatasetInfo(
        name=table.content,
        title=table.title or table.content[:8],
        task=table.task,
        sentence=N_("A table of your own."),
        feature_names=labels(table.inputs),
        class_names=classes,
        target_name=labels(table.columns)[place],
        rows=table.labelled_rows,
        class_rows=target.counts if classes else (),
        columns=table.inputs,
    )


def _describe_pictures(table: TableConfig, shape: tuple[int, int, int]) -> DatasetInfo:
    rows, columns, channels = shape
    suffixes = [""] if channels == 1 else [f"_{letter}" for letter in "rgb"[:channels]]
    return DatasetInfo(
        name=table.content,
        title=table.title or table.content[:8],
        task=table.task,
        sentence=N_("Pictures of your own."),
        feature_names=tuple(
            f"pixel_{row}_{column}{suffix}" for row in range(rows) for column in range(columns) for suffix in suffixes
        ),
        class_names=table.target.categories,
        target_name=table.target.name,
        rows=table.labelled_rows,
        class_rows=table.target.counts,
        blocks=(Block("picture", N_("picture"), 0, shape),),
    )
