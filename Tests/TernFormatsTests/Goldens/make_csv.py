"""Makes csv.json, beside this script: CSV texts with the fields that Python's csv module reads in them (Python 3.11), rows
with what it writes, and numbers with the bits that C's strtof and strtod read. Needs a C library that rounds exactly (glibc).
"""

import csv
import ctypes
import io
import json
import pathlib
import random
import struct
from fractions import Fraction

random.seed(1)
alphabet = ["a", "b", "1", ".", "-", " ", '"', '"', ",", ";", "\t", "\n", "\r\n", "é", "😀", "#", "", "''", "word"]


def field():
    return "".join(random.choice(alphabet) for _ in range(random.randint(0, 4)))


def read(text, separator):
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]


def written(rows, separator, end, quoting):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


texts = [
    (",", "a,b\nc,d"),
    (",", "a,b\r\nc,d\r\n"),
    (",", "a,b\rc,d\r"),
    (",", '"a ""quoted"" word","two\nlines"\n"",""""\n'),
    (",", "\n\na,b\n\r\n\nc,d\n\n"),
    (",", 'a"b,c""d\n e , f \n'),
    (",", ",\n,,".replace(",,", ",")),
    ("\t", "a b\tc,d\n"),
    (";", '"a;b";c\n1,5;2'),
    (",", "only"),
    (",", '""\n'),
]
for _ in range(80):
    separator = random.choice([",", ",", ";", "\t", "|"])
    columns = random.randint(1, 4)
    rows = [[field() for _ in range(columns)] for _ in range(random.randint(1, 4))]
    quoting = random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    text = written(rows, separator, random.choice(["\n", "\r\n"]), quoting)
    assert read(text, separator) == rows
    texts.append((separator, text))
cases = [{"separator": separator, "text": text, "rows": read(text, separator)} for separator, text in texts]
rows = [[field() for _ in range(random.randint(1, 4))] for _ in range(80)]
lines = [{"fields": row, "line": written([row], ",", "\n", csv.QUOTE_MINIMAL)} for row in rows]

c = ctypes.CDLL(None)
c.strtof.restype, c.strtod.restype = ctypes.c_float, ctypes.c_double


def bits(text):
    single = c.strtof(text.encode(), None)
    double = c.strtod(text.encode(), None)
    return {
        "text": text,
        "float": struct.unpack("<I", struct.pack("<f", single))[0],
        "double": str(struct.unpack("<Q", struct.pack("<d", double))[0]),
    }


def exact(value, nudge=0):
    """The decimal digits of a binary fraction, all of them, its last changed."""
    digits = 0
    while value.denominator != 1:
        value, digits = value * 10, digits + 1
    return f"{value.numerator + nudge}e-{digits}"


numbers = "0 -0 1 -1 +1 .5 5. 1e5 1E+5 1e-5 0.1 0.3 3.14159265358979 1e22 1e23 1e-22 1e-23 9007199254740993 16777217".split()
numbers += "1e27 1e28 1e-27 1e-28 18446744073709551615 9999999999999999999e27 1e-27 123456789012345678901234567890".split()
numbers += "3.4028234663852886e38 1.1754943508222875e-38 1e-45 7e-46 1e-40 4.9e-324 2e-324 1.7976931348623157e308".split()
numbers += "0.000000000000000000000000000001234567890123456789 1234567890123456789012 00000000000000000000000001.5".split()
for _ in range(40):
    numbers.append(repr(random.uniform(-1000, 1000)))
    numbers.append("%.18e" % random.uniform(0, 10 ** random.randint(-9, 9)))
    numbers.append("%.7g" % random.gauss(0, 1))
    numbers.append(str(random.getrandbits(64)) + "e" + str(random.randint(-40, 18)))
    # Halfway between two floats, and just beside it.
    half = Fraction(2 * random.randint(2**23, 2**24 - 1) + 1, 2 ** random.randint(1, 60))
    numbers += [exact(half, nudge) for nudge in (-1, 0, 1)]
    half = Fraction(2 * random.randint(2**52, 2**53 - 1) + 1, 2 ** random.randint(1, 20))
    numbers.append(exact(half))

result = {"texts": cases, "lines": lines, "numbers": [bits(text) for text in numbers]}
path = pathlib.Path(__file__).parent / "csv.json"
path.write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n")
