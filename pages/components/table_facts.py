"""What was read: its size, what had to be assumed, the first rows, and how to read it otherwise."""

from __future__ import annotations

import html
import math
from typing import Any

import streamlit as st

from core.engine.service import get_engine
from core.experiment.columns import labels
from core.experiment.table_schema import ColumnSchema
from core.tables import tables_of
from core.tables.choices import DECIMALS, DELIMITERS
from core.tables.limits import PICTURE_SIDES
from core.words import Said
from pages.components.problems import escape_markdown
from pages.components.table_bringing import read_otherwise
from pages.server.identity import browser_id
from pages.session import session
from pages.words import _, n_, worded

#: Rows and columns of the preview; characters of a cell.
_ROWS, _COLUMNS, _CELL = 6, 40, 60

#: Encodings that are offered: of texts in Unicode, and the commonest of the languages that have their own.
_ENCODINGS = ("utf-8", "gb18030", "big5", "cp932", "euc_kr", "cp1252", "cp1250", "cp1251", "utf-16-le", "utf-16-be")


def facts_card() -> None:
    """The table that is on the page."""
    told = session.brought
    assert told is not None
    are_pictures = bool(told.get("picture"))
    with st.container(border=True, key="card_facts", gap="small"):
        with st.container(horizontal=True, key="facts_head", vertical_alignment="center", gap="small"):
            rows, columns = told["rows"], math.prod(told["picture"]) if are_pictures else len(told["columns"])
            size = _size(told)
            st.html(
                f'<div data-testid="table" data-rows="{rows}" data-columns="{columns}" '
                f'data-content="{told["content"]}"><strong>{html.escape(told["name"])}</strong> '
                f"<span>{html.escape(size)}</span></div>"
            )
            _reading_popover(told)
            _owner_popover(told)
        said = [Said.from_json(each) for each in told["assumed"]]
        said += [Said.from_json(each["said"]) for each in told["questions"]]
        if said:
            st.markdown("\n".join(f"- {escape_markdown(worded(each))}" for each in said))
        if not are_pictures:
            st.html(_preview(told))
        else:
            address = f"/descent/tables/{told['content']}/pictures.npz"
            words = html.escape(_("Download for NumPy (.npz)"))
            st.html(f"<a class='descent-download' href='{address}' download data-testid='pictures-npz'>{words}</a>")


def _size(told: dict[str, Any]) -> str:
    """How much was read."""
    if told.get("picture"):
        rows, columns, channels = told["picture"]
        count = n_("{n:,} picture", "{n:,} pictures", told["rows"])
        colour = _("grey") if channels == 1 else _("in colour")
        size = f"{rows}×{columns}"
        return _("{pictures} of {size} pixels, {colour}", pictures=count, size=size, colour=colour)
    rows, columns = told["rows"], len(told["columns"])
    return f"{n_('{n:,} row', '{n:,} rows', rows)} × {n_('{n:,} column', '{n:,} columns', columns)}"


def _preview(told: dict[str, Any]) -> str:
    """The first rows as HTML: text of others is escaped, and nothing has to be imported for it."""
    columns = told["columns"][:_COLUMNS]
    names = labels([ColumnSchema(each["name"], each["kind"]) for each in told["columns"]])[:_COLUMNS]
    head = "".join(f"<th scope='col'>{html.escape(_short(name))}</th>" for name in names)
    body = []
    for row in range(min(_ROWS, told["rows"])):
        cells = []
        for index, column in enumerate(columns):
            value = told["preview"][index][row]
            shown = "–" if value is None else _short(f"{value:g}" if isinstance(value, float) else str(value))
            kind = " class='descent-number'" if column["kind"] == "number" else ""
            cells.append(f"<td{kind}>{html.escape(shown)}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    caption = html.escape(_("The first rows"))
    more = len(told["columns"]) - len(columns)
    note = html.escape(n_("and {n:,} more column", "and {n:,} more columns", more)) if more else ""
    return (
        f"<div class='descent-preview' tabindex='0' role='region' aria-label='{caption}'><table>"
        f"<caption class='descent-hidden'>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>{note}"
    )


def _short(text: str) -> str:
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _reading_popover(told: dict[str, Any]) -> None:
    """How it was read, to be corrected."""
    reading = told.get("reading") or {}
    if session.file is not None and "side" in reading:
        _pictures_popover(reading)
    if session.file is None or "delimiter" not in reading:
        return
    if session.kept.get("read") != reading:  # another file: the controls say how this one was read
        session.kept["read"] = reading
        session.values.update(
            read_encoding=reading["encoding"],
            read_delimiter=reading["delimiter"],
            read_decimal=None,
            read_header=bool(reading["header"]),
        )
    with st.popover(_("Read it otherwise"), type="tertiary", width="content", key="reading"):
        encodings = list(dict.fromkeys([reading["encoding"], *_ENCODINGS]))
        st.selectbox(_("Encoding"), encodings, key="read_encoding")
        delimiters = list(dict.fromkeys([reading["delimiter"], *DELIMITERS]))
        st.selectbox(
            _("Between cells"),
            delimiters,
            key="read_delimiter",
            format_func=lambda sign: worded(DELIMITERS[sign]) if sign in DELIMITERS else str(sign),
        )
        decimals = [None, *DECIMALS]
        st.selectbox(
            _("Decimal mark"),
            decimals,
            key="read_decimal",
            format_func=lambda sign: worded(DECIMALS[sign]) if sign else _("found from the numbers"),
        )
        st.checkbox(_("The first line has the names"), key="read_header")
        st.button(_("Read again"), key="read_again", on_click=_read_again)


def _pictures_popover(reading: dict[str, Any]) -> None:
    """How pictures were read, to be corrected."""
    session.values.update(read_side=reading["side"], read_colour=reading["colour"])
    colours = {"grey": _("grey"), "rgb": _("in colour")}
    with st.popover(_("Read it otherwise"), type="tertiary", width="content", key="reading"):
        st.selectbox(
            _("Pixels along a side"), PICTURE_SIDES, key="read_side", on_change=_read_pictures_again, args=("side",)
        )
        st.selectbox(
            _("Colours"),
            list(colours),
            key="read_colour",
            format_func=lambda name: colours[name],
            on_change=_read_pictures_again,
            args=("colour",),
        )


def _read_pictures_again(changed: str) -> None:
    reading = (session.brought or {}).get("reading", {})
    read_otherwise({**reading, changed: session.values[f"read_{changed}"]})


def _read_again() -> None:
    values = session.values
    choices = {
        "encoding": values.read_encoding,
        "delimiter": values.read_delimiter,
        "decimal": values.read_decimal,
        "header": values.read_header,
    }
    read_otherwise({name: value for name, value in choices.items() if value is not None})


def _owner_popover(told: dict[str, Any]) -> None:
    """What only its owner may do."""
    content = told["content"]
    kept = next((table for table in tables_of(browser_id()) if table.content == content), None)
    if kept is None:
        return
    # As the table is, not as the controls of another one were left.
    session.values.update(table_title=kept.title, table_share=kept.share)
    with st.popover(_("Name, share, delete"), type="tertiary", width="content", key="table_owner"):
        st.text_input(_("Name"), key="table_title", max_chars=80, on_change=_rename, args=(content,))
        st.toggle(
            _("Share this table with whoever has the link"),
            key="table_share",
            on_change=_share,
            args=(content,),
        )
        st.caption(_("Otherwise others see curves and figures of your runs, and no row."))
        st.button(_("Delete for good"), key="delete_table", icon=":material/delete:", on_click=_delete, args=(content,))
        st.caption(_("Its rows are deleted everywhere at once. Runs keep their curves. This cannot be undone."))


def _rename(content: str) -> None:
    from core.tables import TableRefused, open_tables

    try:
        open_tables().rename(content, session.values.table_title, owner=browser_id())
    except TableRefused as error:
        st.toast(worded(error.said))
        return
    if session.brought is not None:
        session.brought = {**session.brought, "name": session.values.table_title}


def _share(content: str) -> None:
    get_engine().share_table(content, bool(session.values.table_share), owner=browser_id())


def _delete(content: str) -> None:
    get_engine().delete_table(content, owner=browser_id())
    session.brought, session.file = None, None
    session.column_choices.pop(content, None)
