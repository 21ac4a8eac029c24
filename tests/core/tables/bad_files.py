"""Files as they arrive, each with the table that it is, or with why it is none. Used by the tests and `benchmarks`."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass

#: A missing cell.
NONE = None


@dataclass(frozen=True)
class BadFile:
    """A file and what it is.

    Attributes:
        columns: (name, cells); None where it has to be refused.
        said: words that stand in an assumption, a question or the refusal.
        line: of the refusal.
    """

    name: str
    data: bytes
    columns: tuple[tuple[str, list[object]], ...] | None = None
    said: tuple[str, ...] = ()
    line: int | None = None
    ending: str = ".csv"


def _table(*columns: tuple[str, list[object]]) -> tuple[tuple[str, list[object]], ...]:
    return columns


_AB = _table(("a", [1, 3]), ("b", [2, 4]))
_PEOPLE = _table(("姓名", ["张三", "李四"]), ("年龄", [30, 41]), ("血糖", [5.1, 6.2]))
_PEOPLE_TEXT = "姓名,年龄,血糖\n张三,30,5.1\n李四,41,6.2\n"


def _zipped(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


READ = (
    BadFile("plain", b"a,b\n1,2\n3,4\n", _AB),
    BadFile("no end of line at the end", b"a,b\n1,2\n3,4", _AB),
    BadFile("CRLF", b"a,b\r\n1,2\r\n3,4\r\n", _AB),
    BadFile("CR of an old Mac", b"a,b\r1,2\r3,4\r", _AB),
    BadFile("mixed ends of lines", b"a,b\r\n1,2\n3,4\r\n", _AB),
    BadFile("blank lines between and after", b"a,b\n\n1,2\n\n3,4\n\n\n", _AB),
    BadFile("Ctrl-Z of DOS", b"a,b\r\n1,2\r\n3,4\r\n\x1a", _AB),
    BadFile("UTF-8 with a mark", b"\xef\xbb\xbfa,b\n1,2\n3,4\n", _AB),
    BadFile("UTF-16 with a mark", "a,b\n1,2\n3,4\n".encode("utf-16"), _AB, ("UTF-16",)),
    BadFile("UTF-16 big endian", b"\xfe\xff" + "a,b\n1,2\n3,4\n".encode("utf-16-be"), _AB, ("UTF-16",)),
    BadFile("UTF-16 without a mark", "a,b\n1,2\n3,4\n".encode("utf-16-le"), _AB, ("UTF-16",)),
    BadFile("UTF-16 of Chinese without a mark", _PEOPLE_TEXT.encode("utf-16-be"), _PEOPLE, ("UTF-16",)),
    BadFile("UTF-32", "a,b\n1,2\n3,4\n".encode("utf-32"), _AB, ("UTF-32",)),
    BadFile("UTF-32 without a mark", "a,b\n1,2\n3,4\n".encode("utf-32-le"), _AB, ("UTF-32",)),
    BadFile("GB18030", _PEOPLE_TEXT.encode("gb18030"), _PEOPLE, ("GB18030",)),
    BadFile(
        "one word of GB18030", "血糖,b\n1,2\n3,4\n".encode("gb18030"), (("血糖", [1, 3]), ("b", [2, 4])), ("GB18030",)
    ),
    BadFile(
        "Big5",
        "姓名,年齡\n王小明,30\n陳大文,4\n".encode("big5"),
        (("姓名", ["王小明", "陳大文"]), ("年齡", [30, 4])),
        ("Big5",),
    ),
    BadFile(
        "Shift JIS",
        "なまえ,年齢\n山田,30\n鈴木,4\n".encode("shift_jis"),
        (("なまえ", ["山田", "鈴木"]), ("年齢", [30, 4])),
        ("Shift",),
    ),
    BadFile(
        "EUC-KR",
        "이름,나이\n홍길동,30\n김철수,4\n".encode("euc_kr"),
        (("이름", ["홍길동", "김철수"]), ("나이", [30, 4])),
        ("EUC-KR",),
    ),
    BadFile(
        "Latin-1",
        "Größe,Name\n1,Müller\n2,Köhler\n".encode("latin-1"),
        (("Größe", [1, 2]), ("Name", ["Müller", "Köhler"])),
        ("1252",),
    ),
    BadFile(
        "µ in Windows-1252",
        "dose (µg),b\n1,2\n3,4\n".encode("cp1252"),
        (("dose (µg)", [1, 3]), ("b", [2, 4])),
        ("1252",),
    ),
    BadFile(
        "Cyrillic",
        "Возраст,Город\n30,Москва\n4,Казань\n".encode("cp1251"),
        (("Возраст", [30, 4]), ("Город", ["Москва", "Казань"])),
        ("1251",),
    ),
    BadFile("semicolons", b"a;b\n1;2\n3;4\n", _AB, ("semicolon",)),
    BadFile("decimal commas", b"a;b\n1,5;2,5\n", (("a", [1.5]), ("b", [2.5])), ("semicolon", "decimal comma")),
    BadFile(
        "decimal commas in quotes",
        b'a,b\n"1,5","2,25"\n"3,5","4,5"\n',
        (("a", [1.5, 3.5]), ("b", [2.25, 4.5])),
        ("decimal comma",),
    ),
    BadFile(
        "points between thousands",
        b"a;b\n1.234,5;x\n12.345.678,25;y\n",
        (("a", [1234.5, 12345678.25]), ("b", ["x", "y"])),
        ("decimal comma", "thousands"),
    ),
    BadFile(
        "only points between thousands, twice",
        b"a;b\n1.234.567;1\n2.345.678;2\n",
        (("a", [1234567, 2345678]), ("b", [1, 2])),
        ("thousands",),
    ),
    BadFile(
        "commas that may mean both",
        b'a,b\n"1,234",1\n"2,345",2\n',
        (("a", ["1,234", "2,345"]), ("b", [1, 2])),
        ("decimal commas or commas between thousands",),
    ),
    BadFile(
        "commas between thousands",
        b'a,b\n"1,234,567",1\n"2,345.5",2\n',
        (("a", ["1,234,567", "2,345.5"]), ("b", [1, 2])),
        ("thousands",),
    ),
    BadFile("tabs", b"a\tb\n1\t2\n3\t4\n", _AB, ("tab",)),
    BadFile("bars", b"a|b\n1|2\n3|4\n", _AB, ("vertical bar",)),
    BadFile("two bars", b"a||b\n1||2\n3||4\n", _AB, ("||",)),
    BadFile("carets", b"a^b\n1^2\n3^4\n", _AB, ("^",)),
    BadFile("blanks", b"a b\n1 2\n3 4\n", _AB, ("space",)),
    BadFile("aligned with blanks", b"  a   b\n  1   2\n  3   4\n", _AB, ("space",)),
    BadFile(
        "words with blanks",
        b"city\nNew York\nLos Angeles\nSan Diego\n",
        (("city", ["New York", "Los Angeles", "San Diego"]),),
    ),
    BadFile("sep=", b"sep=;\r\na;b\r\n1;2\r\n3;4\r\n", _AB, ("semicolon",)),
    BadFile("a comma in quotes", b'a,b\n1,"x, y"\n3,z\n', (("a", [1, 3]), ("b", ["x, y", "z"]))),
    BadFile(
        "a blank before quotes",
        b'a,b\n1, "x, y"\n3, "z"\n',
        (("a", [1, 3]), ("b", ["x, y", "z"])),
        ("lanks before quotes",),
    ),
    BadFile("a line end in quotes", b'a,b\n1,"x\ny"\n3,z\n', (("a", [1, 3]), ("b", ["x\ny", "z"]))),
    BadFile("CRLF in quotes stays", b'a,b\r\n1,"x\r\ny"\r\n3,z\r\n', (("a", [1, 3]), ("b", ["x\r\ny", "z"]))),
    BadFile("doubled quotes", b'a,b\n1,"x ""y"""\n3,z\n', (("a", [1, 3]), ("b", ['x "y"', "z"]))),
    BadFile(
        "quotes with backslashes", b'a,b\n1,"x \\"y\\""\n3,z\n', (("a", [1, 3]), ("b", ['x "y"', "z"])), ("backslash",)
    ),
    BadFile("inches", b'a,b\n1,5" pipe\n3,6" pipe\n', (("a", [1, 3]), ("b", ['5" pipe', '6" pipe']))),
    BadFile("all in quotes", b'"a","b"\n"1","2"\n"3","4"\n', _AB),
    BadFile("delimiters at the ends", b"a,b,\n1,2,\n3,4,\n", _AB, ("trailing",)),
    BadFile("delimiters at the ends but not of names", b"a,b\n1,2,\n3,4,\n", _AB, ("trailing",)),
    BadFile(
        "no header",
        b"5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.9,virginica\n",
        (("column 1", [5.1, 4.9, 6.1]), ("column 2", [3.5, 3.0, 2.9]), ("column 3", ["setosa", "setosa", "virginica"])),
        ("no header",),
    ),
    BadFile("numbers only", b"1,2\n3,4\n", (("column 1", [1, 3]), ("column 2", [2, 4])), ("no header",)),
    BadFile(
        "years as names",
        b"country,2000,2001\nA,1.5,2\nB,2.5,3\n",
        (("country", ["A", "B"]), ("2000", [1.5, 2.5]), ("2001", [2, 3])),
        ("names of the columns",),
    ),
    BadFile("a title above", b"Report of 2024\n\na,b\n1,2\n3,4\n", _AB, ("skipped",)),
    BadFile("comments above", b"# made by x, y\n# on Monday\na,b\n1,2\n3,4\n", _AB, ("skipped",)),
    BadFile("a name with #", b"#id,b\n1,2\n3,4\n", (("#id", [1, 3]), ("b", [2, 4]))),
    BadFile("repeated names", b"a,a\n1,2\n3,4\n", (("a", [1, 3]), ("a", [2, 4])), ("same name",)),
    BadFile("an empty name", b",b\n1,2\n3,4\n", (("", [1, 3]), ("b", [2, 4])), ("no name",)),
    BadFile("blanks around names", b" a , b\n1,2\n3,4\n", _AB),
    BadFile("one row", b"a,b\n1,x\n", (("a", [1]), ("b", ["x"]))),
    BadFile("one column", b"a\n1\n3\n", (("a", [1, 3]),)),
    BadFile("leading zeros", b"zip,b\n01234,1\n12345,2\n", (("zip", ["01234", "12345"]), ("b", [1, 2]))),
    BadFile(
        "long identifiers",
        b"id,b\n1234567890123456,1\n1234567890123457,2\n",
        (("id", ["1234567890123456", "1234567890123457"]), ("b", [1, 2])),
    ),
    BadFile(
        "beyond 64 bits",
        b"id,b\n123456789012345678901,1\n5,2\n",
        (("id", ["123456789012345678901", "5"]), ("b", [1, 2])),
    ),
    BadFile("hexadecimal", b"id,b\n0x1F,1\n0x2A,2\n", (("id", ["0x1F", "0x2A"]), ("b", [1, 2]))),
    BadFile("too large for a float", b"a,b\n1e400,1\n2,2\n", (("a", ["1e400", "2"]), ("b", [1, 2])), ("1e400",)),
    BadFile("infinite", b"a,b\ninf,1\n2,2\n3,3\n", (("a", ["inf", "2", "3"]), ("b", [1, 2, 3])), ("'inf'",)),
    BadFile("nan", b"a,b\nnan,1\n2.5,2\n", (("a", [NONE, 2.5]), ("b", [1, 2]))),
    BadFile(
        "words for missing",
        b"a,b\nNA,N/A\n1,2\nNULL,#N/A\n,4\n",
        (("a", [NONE, 1, NONE, NONE]), ("b", [NONE, 2, NONE, 4])),
    ),
    BadFile("Namibia", b"country,n\nNA,1\nDE,2\nNA,3\n", (("country", ["NA", "DE", "NA"]), ("n", [1, 2, 3]))),
    BadFile("blank cells", b"a,b\n ,1\n2, \n 3 ,4\n", (("a", [NONE, 2, 3]), ("b", [1, NONE, 4]))),
    BadFile(
        "numbers with a word",
        b"a,b\n1,1\n2,2\nn.k.,3\n4,4\n",
        (("a", ["1", "2", "n.k.", "4"]), ("b", [1, 2, 3, 4])),
        ("n.k.", "row 3"),
    ),
    BadFile(
        "units below the names",
        b"height,weight\n(cm),(kg)\n170,70\n180,80\n",
        (("height", ["(cm)", "170", "180"]), ("weight", ["(kg)", "70", "80"])),
        ("(kg)", "row 1"),
    ),
    BadFile("per cent", b"a,b\n5%,1\n12.5%,2\n", (("a", ["5%", "12.5%"]), ("b", [1, 2])), ("'%'",)),
    BadFile(
        "a total below",
        b"name,n\nA,1\nB,2\nTotal,3\n",
        (("name", ["A", "B", "Total"]), ("n", [1, 2, 3])),
        ("last row",),
    ),
    BadFile("dates of ISO", b"d,b\n2024-01-02,1\n2024-02-03,2\n", (("d", ["2024-01-02", "2024-02-03"]), ("b", [1, 2]))),
    BadFile(
        "dates that may mean both",
        b"d,b\n01/02/2024,1\n03/04/2024,2\n",
        (("d", ["01/02/2024", "03/04/2024"]), ("b", [1, 2])),
        ("day/month",),
    ),
    BadFile("yes and no", b"d,b\nyes,1\nno,2\nyes,3\n", (("d", ["yes", "no", "yes"]), ("b", [1, 2, 3]))),
    BadFile("true and false", b"d,b\nTrue,1\nFalse,2\n", (("d", ["True", "False"]), ("b", [1, 2]))),
    BadFile(
        "emoji and right to left", "a🙂,\u202eb\n1,😀\n3,א\n".encode(), (("a🙂", [1, 3]), ("\u202eb", ["😀", "א"]))
    ),
    BadFile("formulas", b"a,b\n=1+1,1\n@x,2\n+x,3\n", (("a", ["=1+1", "@x", "+x"]), ("b", [1, 2, 3]))),
    BadFile(
        "markup as a name",
        b"<img src=x onerror=alert(1)>,b\n1,2\n3,4\n",
        (("<img src=x onerror=alert(1)>", [1, 3]), ("b", [2, 4])),
    ),
    BadFile(
        "separators of Unicode", "a,b\nx\u2028y,1\nv\x0bw,2\n".encode(), (("a", ["x\u2028y", "v\x0bw"]), ("b", [1, 2]))
    ),
    BadFile("signs", b"a,b\n+5,+1.5\n-6,2\n", (("a", [5, -6]), ("b", [1.5, 2.0]))),
    BadFile(
        "telephone numbers", b"a,b\n+491234567,1\n+491234568,2\n", (("a", ["+491234567", "+491234568"]), ("b", [1, 2]))
    ),
    BadFile("two marks of UTF-8", b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n3,4\n", _AB),
    BadFile(
        "names that come again",
        b"a,b\n1,2\na,b\n3,4\n5,6\n",
        (("a", ["1", "a", "3", "5"]), ("b", ["2", "b", "4", "6"])),
        ("'a'", "'b'", "row 2"),
    ),
    BadFile(
        "a decimal comma in a table of tabs",
        b"a\tb\r\n1\t2,5\r\n3\t4,25\r\n",
        (("a", [1, 3]), ("b", [2.5, 4.25])),
        ("tab", "decimal comma"),
    ),
    BadFile(
        "dates below no header",
        b"2024-01-01,5\n2024-01-02,6\n",
        (("column 1", ["2024-01-01", "2024-01-02"]), ("column 2", [5, 6])),
        ("no header",),
    ),
    BadFile("exponents", b"a,b\n1e5,1\n-2.5E-3,2\n", (("a", [1e5, -2.5e-3]), ("b", [1, 2]))),
    BadFile("empty column", b"a,b,c\n1,,2\n3,,4\n", (("a", [1, 3]), ("b", [NONE, NONE]), ("c", [2, 4]))),
    BadFile("a line of delimiters", b"a,b\n1,2\n,\n3,4\n", (("a", [1, NONE, 3]), ("b", [2, NONE, 4]))),
)

_WIDE = ",".join(f"c{index}" for index in range(500_000)).encode()

REFUSED = (
    BadFile("nothing", b"", said=("empty",)),
    BadFile("white space", b" \n\r\n\t\n", said=("empty",)),
    BadFile("names only", b"a,b\n", said=("only one line",), line=1),
    BadFile("names only, without an end", b"a,b", said=("only one line",), line=1),
    BadFile("half a million columns", _WIDE + b"\n" + b"1," * 499_999 + b"1\n", said=("500,000 columns",), line=1),
    BadFile("half a million columns, one line", _WIDE, said=("columns",), line=1),
    BadFile("more and fewer cells", b"a,b\n1,2,3,4\n1\n", said=("Line 2 has 4 cells",), line=2),
    BadFile("one cell more in each row", b"a,b\n1,2,3\n4,5,6\n", said=("Line 2 has 3 cells",), line=2),
    BadFile(
        "one cell less late",
        b"a,b\n" + b"1,2\n" * 3000 + b"5\n" + b"1,2\n",
        said=("Line 3002 has one cell",),
        line=3002,
    ),
    BadFile(
        "one cell more late", b"a,b\r\n" + b"1,2\r\n" * 3000 + b"5,6,7\r\n", said=("Line 3002 has 3 cells",), line=3002
    ),
    BadFile("a note below", b"a,b\n1,2\n3,4\nSource: somebody\n", said=("Line 4",), line=4),
    BadFile("decimal commas between commas", b"a,b\n1,5,2,5\n2,5,3,5\n", said=("Line 2 has 4 cells",), line=2),
    BadFile("delimiters at the end of some lines", b"a,b\n1,2\n3,4,\n5,6\n", said=("Line 3",), line=3),
    BadFile("an unclosed quote", b'a,b\n1,"x\n' + b"2,y\n" * 1000, said=("quote", "Line 2", "line 2"), line=2),
    BadFile(
        "an unclosed quote closed by another", b'a,b,c\n1,"x,1\n2,y,2\n3,y,3\n4,y,4\n5,z",5\n', said=("quote",), line=2
    ),
    BadFile("an unclosed quote before a quoted cell", b'a,b\n1,"x\n2,y\n3,"z"\n', said=("quote",)),
    BadFile("text behind a quote", b'a,b\n1,"x"y\n', said=("line 2",), line=2),
    BadFile("a huge cell", b'a,b\n1,"' + b"x" * 60_000_000 + b'"\n', said=("characters",), line=2),
    BadFile("a cell of 40,000 characters", b"a,b\n1," + b"x" * 40_000 + b"\n", said=("characters",), line=2),
    BadFile("NUL", b"a,b\n1,2\n3,\x004\n", said=("NUL",), line=3),
    BadFile("damaged UTF-8", "Größe,Überschuss,é,è\n1,2,3,4\n".encode() + b"5,6,7,\xff\n", said=("not utf-8",), line=3),
    BadFile("ZIP", _zipped("a.csv", "a,b\n1,2\n"), said=("ZIP",)),
    BadFile("gzip", gzip.compress(b"a,b\n1,2\n"), said=("gzip",)),
    BadFile("PDF", b"%PDF-1.7\n1 0 obj\n", said=("PDF",)),
    BadFile("PNG", b"\x89PNG\r\n\x1a\n" + bytes(40), said=("picture",)),
    BadFile("a web page", b"<!DOCTYPE html>\n<html><table><tr><td>1</td></tr></table></html>", said=("HTML",)),
    BadFile("JSON", b'[{"a": 1, "b": 2}]', said=("JSON",)),
    BadFile("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), said=("Excel",), ending=".xls"),
    BadFile("text named as a workbook", b"a,b\n1,2\n", said=("plain text",), ending=".xlsx"),
    BadFile("text named Parquet", b"a,b\n1,2\n", said=("plain text",), ending=".parquet"),
    BadFile("whole lines in quotes", b'"a,b"\n"1,2"\n"3,4"\n', said=("whole lines in quotes",), line=1),
    BadFile("a delimiter of three signs", b"a~|~b\n1~|~2\n3~|~4\n", said=("~|~",), line=1),
    BadFile("an unfinished last line", b"a,b,c\n1,2,3\n4,5", said=("Line 3 has 2 cells",), line=3),
    BadFile("a note after a blank line", b"id,v\n1,5\n2,6\n\n\nTotal rows: 2\n", said=("Line 6",), line=6),
    BadFile("random bytes", bytes(range(1, 9)) * 300, said=("no text",)),
)
