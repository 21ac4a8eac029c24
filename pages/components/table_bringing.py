"""How a table comes onto the Data page: a file, a pasted text, an example, or one that was brought before."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.datasets.examples import EXAMPLES
from core.engine.service import get_table_reader
from core.errors import DescentError
from core.experiment.table_schema import are_pictures
from core.tables import KeptTable, TableNotFound, tables_of
from core.tables.limits import MOST_CLASSES, MOST_PICTURE_BYTES, MOST_PICTURES
from pages.components.problems import escape_markdown
from pages.server.identity import browser_id
from pages.session import BroughtFile, session
from pages.words import _, n_, worded

#: Megabytes of a file.
_MOST_MB = 200

#: Seconds between two looks at a table that is being read.
_LOOK = 0.25


def bring_card() -> None:
    """Where a table is brought."""
    with st.container(border=True, key="card_bring", gap="small"):
        with st.container(horizontal=True, key="bring_head", vertical_alignment="center", gap="small"):
            title, examples = _("Bring a table"), _("Or begin with an example:")
            st.markdown(f"**{title}**", width="content")
            _kept_tables()
        with st.container(horizontal=True, key="bring_row", gap="small"):
            st.file_uploader(
                _("CSV, TSV, Excel, Parquet, or a ZIP of pictures: drop a file here"),
                key="upload",
                max_upload_size=_MOST_MB,
                on_change=_read_upload,
                help=_(
                    "A ZIP of pictures has a folder for each class, with PNG or JPEG files in it: at most {pictures:,} "
                    "pictures of {classes} classes, and {most} MB.",
                    pictures=MOST_PICTURES,
                    classes=MOST_CLASSES,
                    most=MOST_PICTURE_BYTES >> 20,
                ),
            )
            with st.container(key="paste_column", width=400, gap="xsmall"):
                st.text_area(_("Or paste cells from a spreadsheet"), key="paste", height=68, on_change=_read_paste)
                st.button(_("Read it"), key="read_paste", on_click=_read_paste)
        with st.container(horizontal=True, key="examples", vertical_alignment="center", gap="small"):
            st.markdown(f":gray[{examples}]", width="content")
            for name in EXAMPLES:
                _example(name)
        if session.table_mistake is not None:
            st.error(escape_markdown(worded(session.table_mistake)), icon=":material/block:")


def _example(name: str) -> None:
    """One example, to be shown here or taken along."""
    example = EXAMPLES[name]
    with st.container(horizontal=True, key=f"example_pair_{name}", width="content", gap=None):
        st.button(
            _(example.title), key=f"example_{name}", help=_(example.sentence), on_click=_read_example, args=(name,)
        )
        st.download_button(
            example.file,
            example.write,
            file_name=example.file,
            mime="text/csv",
            key=f"download_{name}",
            help=_("Download {file}", file=example.file),
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )


@st.fragment(run_every=_LOOK)
def _progress() -> None:
    """How far the reading is, until it has ended."""
    reading = session.reading
    if reading is None:
        return
    if reading.is_done:
        _take(reading)
        st.rerun()
    words = worded(reading.words) if reading.words is not None else _("Starting")
    with st.container(horizontal=True, key="reading_line", vertical_alignment="center"):
        st.progress(min(1.0, reading.share), text=_("{words}: {share:.0%}", words=words, share=reading.share))
        st.button(_("Cancel"), key="cancel_reading", on_click=reading.cancel, width="content")


def reading_card() -> None:
    """The table that is being read."""
    if session.reading is not None:
        with st.container(border=True, key="card_reading"):
            _progress()


def read_otherwise(choices: dict[str, Any]) -> None:
    """Read what was brought last once more, with choices of one's own."""
    if session.file is not None:
        _begin(session.file, choices)


def _take(reading: Any) -> None:
    """What came of it."""
    session.reading = None
    try:
        table = reading.result()
    except DescentError as error:
        session.table_mistake = error.said
        return
    session.table_mistake = None
    session.brought = {"content": table.content, **table.about}


def _begin(file: BroughtFile, choices: dict[str, Any] | None = None) -> None:
    if session.reading is not None:
        session.reading.cancel()
    session.file, session.table_mistake = file, None
    session.reading = get_table_reader().read(
        file.data, file.name, owner=browser_id(), profile=False, choices=choices or {}
    )


def _read_upload() -> None:
    file = session.values.upload
    if file is not None:
        _begin(BroughtFile(file.name, file.getvalue()))


def _read_paste() -> None:
    text = session.values.paste
    if text.strip():
        _begin(BroughtFile(_("pasted text"), text.encode("utf-8", "surrogatepass")))


def _read_example(name: str) -> None:
    example = EXAMPLES[name]
    _begin(BroughtFile(example.file, example.write()))


def _kept_tables() -> None:
    """The tables of this browser, to open one again."""
    kept = {table.content: table for table in tables_of(browser_id())}
    if not kept:
        return
    # What is on the page is what is chosen, whichever way it came.
    shown = session.brought["content"] if session.brought else None
    session.values["kept_table"] = shown if shown in kept else None
    st.selectbox(
        _("Your tables"),
        list(kept),
        key="kept_table",
        format_func=lambda content: _title(kept[content]),
        placeholder=_("Your tables"),
        label_visibility="collapsed",
        on_change=_open_kept,
        width=260,
    )


def _title(table: KeptTable) -> str:
    if are_pictures(table.content):
        rows = n_("{n:,} picture", "{n:,} pictures", table.rows)
    else:
        rows = n_("{n:,} row", "{n:,} rows", table.rows)
    return f"{table.title} · {rows}"


def _open_kept() -> None:
    content = session.values.kept_table
    if content:
        open_table(content)


def open_table(content: str) -> None:
    """Show a table that is kept, as it was read."""
    from core.tables.process import describe_kept

    try:
        description = describe_kept(content)
    except TableNotFound as error:
        session.table_mistake = error.said
        return
    title = next((table.title for table in tables_of(browser_id()) if table.content == content), description["name"])
    session.file, session.table_mistake = None, None
    session.brought = {**description, "content": content, "name": title}
