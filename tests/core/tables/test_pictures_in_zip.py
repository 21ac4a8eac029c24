"""Pictures in a ZIP of folders: read as they are, and hostile files refused before they cost anything."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from core.errors import TableRefused
from core.tables import picture_archive, pictures
from core.tables.pictures import SIDES, Pictures, read_pictures


def picture(values: object, kind: str = "PNG", **options: object) -> bytes:
    """An array, or a size and colour, as a file."""
    image = values if isinstance(values, Image.Image) else Image.fromarray(np.asarray(values, np.uint8))
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def grey(value: int, side: int = 28) -> bytes:
    return picture(np.full((side, side), value))


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return stream.getvalue()


GOOD = {"cat/1.png": grey(10), "cat/2.png": grey(20), "dog/1.png": grey(200)}


def said(data: bytes, **choices: object) -> str:
    with pytest.raises(TableRefused) as caught:
        read_pictures(data, **choices)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_folder_is_a_class_and_pictures_are_in_order() -> None:
    found = read_pictures(zipped({"dog/1.png": grey(200), "cat/2.PNG": grey(20), "cat/1.png": grey(10)}))
    assert isinstance(found, Pictures)
    assert found.classes == ("cat", "dog")
    assert found.names == ("cat/1.png", "cat/2.PNG", "dog/1.png")
    np.testing.assert_array_equal(found.labels, [0, 0, 1])
    assert found.pixels.shape == (3, 28, 28, 1)
    assert found.pixels.dtype == np.uint8
    np.testing.assert_array_equal(found.pixels[:, 5, 5, 0], [10, 20, 200])
    assert [str(each) for each in found.assumptions] == ["Every picture became 28×28 pixels, grey."]


def test_pixels_stay_where_they_are() -> None:
    values = np.random.default_rng(0).integers(0, 256, (28, 28))
    found = read_pictures(zipped({**GOOD, "dog/2.png": picture(values)}))
    np.testing.assert_array_equal(found.pixels[-1, :, :, 0], values)


def test_a_smaller_side_is_the_mean_of_the_pixels() -> None:
    values = np.random.default_rng(0).integers(0, 256, (32, 32))
    found = read_pictures(zipped({**GOOD, "dog/2.png": picture(values)}), side=8)
    expected = values.reshape(8, 4, 8, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(found.pixels[-1, :, :, 0], expected, atol=1)


def test_one_folder_around_everything_and_what_systems_leave_behind_do_not_matter() -> None:
    files = {f"animals/{name}": content for name, content in GOOD.items()}
    files |= {"__MACOSX/animals/cat/._1.png": b"\0", "animals/cat/.DS_Store": b"x", "animals/dog/Thumbs.db": b"x"}
    files["animals/readme.txt"] = b"Photographs"
    found = read_pictures(zipped(files))
    assert found.classes == ("cat", "dog")
    assert str(found.assumptions[-1]) == "1 file is neither PNG nor JPEG and was left out."


@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_are_read(mode: str, colour: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((20, 20), 257 * 128, np.uint16))
    else:
        image = Image.new("RGB", (20, 20), (128, 128, 128)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = read_pictures(
        zipped({**GOOD, f"dog/2.{kind.lower()}": picture(image, kind)}),
        side=16,
        colour=colour,  # type: ignore[arg-type]
    )
    assert found.pixels.shape == (4, 16, 16, 1 if colour == "grey" else 3)
    if mode != "1":  # a pattern of black and white
        assert abs(found.pixels[-1].mean() - 128) < 4


def test_what_is_transparent_is_white() -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert read_pictures(zipped({**GOOD, "dog/2.png": picture(image)})).pixels[-1].min() == 255


def test_a_camera_s_note_on_which_side_is_up_is_followed() -> None:
    values = np.zeros((28, 28), np.uint8)
    values[:14] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    found = read_pictures(zipped({**GOOD, "dog/2.jpg": picture(values, "JPEG", exif=exif, quality=95)}))
    assert found.pixels[-1, :10].mean() < 20
    assert found.pixels[-1, -10:].mean() > 235


def test_long_and_small_pictures_are_cut_and_enlarged_and_it_is_said() -> None:
    wide = np.zeros((20, 60), np.uint8)
    wide[:, 20:40] = 200
    found = read_pictures(zipped({**GOOD, "dog/2.png": picture(wide)}))
    assert found.pixels[-1].min() == 200
    assert [str(each) for each in found.assumptions[1:]] == [
        "1 picture was not square: its longer sides were cut.",
        "1 picture was smaller than that and was enlarged.",
    ]


def huge(side: int) -> bytes:
    """A PNG of so many pixels each way: of 30,000 in a hundred kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(1 + side // 8)) for _ in range(side)) + row.flush()
    head = struct.pack(">2L5B", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def link() -> bytes:
    """A symbolic link that calls itself a picture."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        entry = zipfile.ZipInfo("cat/1.png")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def lying() -> bytes:
    """A picture that says it has ten bytes and unpacks to more."""
    data = bytearray(zipped(GOOD))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(data)


def locked() -> bytes:
    data = bytearray(zipped(GOOD))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    return zipped({**GOOD, "cat/3.png": grey(1)}).replace(b"cat/3.png", b"cat/1.png")


def damaged() -> bytes:
    data = bytearray(zipped(GOOD))
    at = data.index(b"cat/1.png") + 20
    data[at] ^= 255
    return bytes(data)


def half() -> bytes:
    noise = picture(np.random.default_rng(0).integers(0, 256, (28, 28)))
    return zipped({**GOOD, "cat/3.png": noise[: len(noise) // 2]})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "This is no ZIP file"),
    "a picture": (lambda: grey(1), "This is no ZIP file"),
    "an empty ZIP": (lambda: zipped({}), "This is no ZIP file"),
    "half a ZIP": (lambda: zipped(GOOD)[:200], "This ZIP file cannot be unpacked"),
    "a damaged ZIP": (damaged, "This ZIP file cannot be unpacked"),
    "texts": (lambda: zipped({"a/1.txt": b"a", "b/1.txt": b"b"}), "There is no PNG and no JPEG picture"),
    "one class": (lambda: zipped({"cat/1.png": grey(1)}), "All pictures lie in the folder 'cat'"),
    "no folder": (lambda: zipped({**GOOD, "3.png": grey(1)}), "'3.png' does not lie in the folder of a class"),
    "a folder in a folder": (lambda: zipped({**GOOD, "cat/old/3.png": grey(1)}), "'cat/old/3.png' does not lie"),
    "out of the file": (lambda: zipped({**GOOD, "../../etc/1.png": grey(1)}), "'../../etc/1.png' points out"),
    "out of the file on Windows": (lambda: zipped({**GOOD, "..\\x\\1.png": grey(1)}), "'..\\x\\1.png' points out"),
    "from the root": (lambda: zipped({**GOOD, "/cat/1.png": grey(1)}), "'/cat/1.png' points out"),
    "on a drive": (lambda: zipped({**GOOD, "C:/cat/1.png": grey(1)}), "'C:/cat/1.png' points out"),
    "a name of control characters": (
        lambda: zipped({**GOOD, "cat/\x1b[2J.png": grey(1)}),
        "'cat/\ufffd[2J.png' points",
    ),
    "a symbolic link": (link, "'cat/1.png' points out"),
    "a locked picture": (locked, "'cat/1.png' is locked with a password"),
    "a picture that lies": (lying, "This ZIP file cannot be unpacked"),
    "two of one name": (twice, "Two pictures in this ZIP file have the same name"),
    "folders that differ in capitals": (
        lambda: zipped({**GOOD, "Cat/3.png": grey(1)}),
        "Two folders have the same name",
    ),
    "a long name": (lambda: zipped({**GOOD, f"{'x' * 90}/3.png": grey(1)}), "The folder '…xxx"),
    "too many classes": (lambda: zipped({f"c{i}/1.png": grey(1) for i in range(60)}), "There are 60 folders"),
    "a text named png": (lambda: zipped({**GOOD, "cat/3.png": b"hello"}), "'cat/3.png' is no PNG or JPEG picture"),
    "an empty picture": (lambda: zipped({**GOOD, "cat/3.png": b""}), "'cat/3.png' is no PNG or JPEG picture"),
    "half a picture": (half, "'cat/3.png' is no PNG or JPEG picture"),
    "a GIF named png": (
        lambda: zipped({**GOOD, "cat/3.png": picture(np.zeros((9, 9)), "GIF")}),
        "'cat/3.png' is no PNG or JPEG picture",
    ),
    "zeros named png": (lambda: zipped({**GOOD, "cat/3.png": bytes(15 << 20)}), "'cat/3.png' unpacks to a thousand"),
    "a large picture": (
        lambda: zipped({**GOOD, "cat/3.png": bytes(21 << 20)}, zipfile.ZIP_STORED),
        "'cat/3.png' has more than 20 MB",
    ),
    "a picture of 36 million pixels": (
        lambda: zipped({**GOOD, "cat/3.png": huge(6_000)}),
        "'cat/3.png' has 6,000×6,000 pixels; at most 25 millions are read.",
    ),
    "a bomb": (
        lambda: zipped({**GOOD, "cat/3.png": huge(30_000)}),
        "'cat/3.png' has many more pixels than the 25 millions",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_soon_and_without_much_memory(name: str) -> None:
    make, reason = HOSTILE[name]
    data = make()
    tracemalloc.start()
    before = time.process_time()
    try:
        assert said(data).startswith(reason)
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()
    assert time.process_time() - before < 3


def test_limits_on_all_pictures_together_hold_before_any_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_archive, "MOST_PICTURES", 2)
    assert said(zipped(GOOD)) == "There are more than 2 pictures. Bring fewer."
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "unpack", None)  # it is not come to that
    monkeypatch.setattr(picture_archive, "MOST_UNPACKED", 100)
    assert said(zipped(GOOD)).startswith("Unpacked, the pictures have more than")
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    assert said(zipped(GOOD)).startswith("The file has more than")


def test_a_long_list_of_contents_is_not_read() -> None:
    data = bytearray(zipped(GOOD))
    data[-10:-6] = struct.pack("<L", 90 << 20)
    assert said(bytes(data)) == "There are more than 20,000 pictures. Bring fewer."


def test_a_side_is_one_of_those_offered() -> None:
    assert said(zipped(GOOD), side=1_000) == "side is 1000. Choose one of 8, 16, 28, 32."
    for side in SIDES:
        assert read_pictures(zipped(GOOD), side=side).pixels.shape == (3, side, side, 1)
