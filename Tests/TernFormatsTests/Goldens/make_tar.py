"""Writes tar-*.tgz beside this script: the same files in the three formats of Python's tarfile."""

import gzip
import io
import pathlib
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
FILES = {
    "data/empty.bin": b"",
    "data/short.bin": b"tern",
    "data/block.bin": bytes(range(256)) * 2,
    "data/long.bin": bytes(range(251)) * 5,
}
LONG = {"ustar": "a" * 90 + "/" + "b" * 90, "gnu": "n" * 240, "pax": "é" * 60 + "/" + "n" * 130}

for name, kind in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w", format=kind) as archive:
        folder = tarfile.TarInfo("data")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for path, contents in {**FILES, LONG[name]: b"long name"}.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(contents)
            archive.addfile(entry, io.BytesIO(contents))
        link = tarfile.TarInfo("data/link")
        link.type, link.linkname = tarfile.SYMTYPE, "short.bin"
        archive.addfile(link)
        last = tarfile.TarInfo("data/last.txt")
        last.size = 3
        archive.addfile(last, io.BytesIO(b"end"))
    (HERE / f"tar-{name}.tgz").write_bytes(gzip.compress(memory.getvalue(), mtime=0))
