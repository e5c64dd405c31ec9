"""The table of PyTorch's and Keras's names against Tern's.

    pip install torch keras
    python Tests/Names/names.py            # checks names.csv against the packages and Tern's sources
    python Tests/Names/names.py --write    # and writes the table, Sources/Tern/Tern.docc/Names.md

`names.csv` has a row for each public name of the packages: what it is called in Tern, or why there is nothing. What Tern will
have is "planned", perhaps with its name; `--write` strikes that out once the name is there. In-place variants (`abs_`) have no row: a tensor is a value. Aliases have their own.
Made with PyTorch 2.13 and Keras 3.15.
"""

import collections
import csv
import inspect
import os
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
TABLE = ROOT / "Sources/Tern/Tern.docc/Names.md"
TITLES = {
    "torch.nn": "Layers and losses: `torch.nn`",
    "torch.nn.functional": "Functions: `torch.nn.functional`",
    "torch.linalg": "Linear algebra: `torch.linalg`",
    "torch.Tensor": "Methods of tensors: `torch.Tensor`",
    "torch.optim": "Optimizers: `torch.optim`",
    "torch.optim.lr_scheduler": "Schedules: `torch.optim.lr_scheduler`",
    "torch.optim.swa_utils": "Averages of weights: `torch.optim.swa_utils`",
    "keras.layers": "Layers: `keras.layers`",
    "keras.ops": "Operations: `keras.ops`",
    "keras.losses": "Losses: `keras.losses`",
    "keras.metrics": "Metrics: `keras.metrics`",
    "keras.optimizers": "Optimizers: `keras.optimizers`",
    "keras.optimizers.schedules": "Schedules: `keras.optimizers.schedules`",
}


def is_function(name, value):
    return (
        callable(value) and not inspect.isclass(value) and not name.endswith("_")
        # What PyTorch's own code uses to write functions.
        and "torch_function" not in name and getattr(value, "__module__", "") != "typing"
        and name not in ("boolean_dispatch", "assert_int_or_pair"))


def names(place, keeps):
    found = {name: getattr(place, name, None) for name in dir(place) if not name.startswith("_")}
    return sorted(name for name, value in found.items() if keeps(name, value))


def own_names(place):
    """The classes and functions that a module has itself, not what it imports."""
    return names(place, lambda name, value: (inspect.isclass(value) or inspect.isfunction(value))
                 and value.__module__.startswith(place.__name__))


def torch_names():
    import torch
    import torch.optim.swa_utils

    optim = torch.optim
    return {
        "torch.optim": own_names(optim), "torch.optim.lr_scheduler": own_names(optim.lr_scheduler),
        "torch.optim.swa_utils": own_names(optim.swa_utils),
        "torch.nn": names(torch.nn, lambda name, value: inspect.isclass(value)),
        "torch.nn.functional": names(torch.nn.functional, is_function),
        "torch.linalg": names(torch.linalg, is_function),
        "torch.Tensor": names(torch.Tensor, lambda name, value: not name.endswith("_")),
    }


def keras_names():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    public = {place: names(getattr(keras, place), lambda name, value: not inspect.ismodule(value))
              for place in ("losses", "metrics", "optimizers")}
    schedules = names(keras.optimizers.schedules, lambda name, value: not inspect.ismodule(value))
    return {f"keras.{place}": found for place, found in public.items()} | {
        "keras.optimizers.schedules": schedules,
        "keras.layers": names(keras.layers, lambda name, value: not inspect.ismodule(value)),
        "keras.ops": names(keras.ops, is_function),
    }


def package_names():
    """The public names of the packages that are installed."""
    found = {}
    for package in (torch_names, keras_names):
        try:
            found |= package()
        except ImportError as error:
            print(f"not compared: {error}", file=sys.stderr)
    return found


def rows():
    with open(FOLDER / "names.csv", newline="") as file:
        return [(row["package"], row["name"], row["tern"], row["note"]) for row in csv.DictReader(file)]


def declared():
    """The labels of each public name of Tern's sources: a function has those of its arguments, `axis:keepAxes:`."""
    found = collections.defaultdict(set)
    kinds = r"(?:func|var|let|class|struct|enum|protocol|typealias|case|init)"
    pattern = re.compile(
        r"^ *(?:@\w+(?:\([^)]*\))? )*(?:public|open) (?:static |final |mutating |override |class |convenience )*"
        rf"(?:{kinds}) (\w+)", re.M)
    for folder in ("Sources", "Plugins"):
        for path in (ROOT / folder).rglob("*.swift"):
            text = path.read_text()
            for match in pattern.finditer(text):
                arguments = ""
                if "(" in text[match.end() : match.end() + 1] or text[match.end() : match.end() + 1] == "<":
                    # As far as the parentheses go.
                    start = text.index("(", match.end())
                    depth, end = 0, start
                    for end in range(start, min(len(text), start + 2000)):
                        depth += {"(": 1, ")": -1}.get(text[end], 0)
                        if depth == 0:
                            break
                    arguments = text[start:end]
                found[match.group(1)].add(arguments)
    return found


def missing_parts(tern, sources):
    """What the Tern code of a row names that the sources do not have."""
    missing = []
    for code in re.findall(r"`([^`]+)`", tern):
        code = re.sub(r'"[^"]*"', "", code)
        # A name, and the labels behind it. What stands for any value has one letter.
        for name, arguments in re.findall(r"([A-Za-z]\w+)(?!\w*:)(?:\(([^()]*)\))?", code):
            if name not in sources and name not in ("Tensor", "Array", "Int"):
                missing.append(name)
            for label in re.findall(r"(\w+):", arguments):
                if not any(re.search(rf"\b{label}\b", text) for text in sources[name]):
                    missing.append(f"{name}({label}:)")
    return missing


def settled(table):
    """The rows, without "planned" where Tern has what is named."""
    sources = declared()

    def note_now(tern, note):
        if not tern or not note.startswith("planned") or missing_parts(tern, sources):
            return note
        return note.removeprefix("planned").removeprefix("; ")

    return [(package, name, tern, note_now(tern, note)) for package, name, tern, note in table]


def problems(table):
    sources = declared()
    for package, name, tern, note in table:
        is_planned = note.startswith("planned")
        if not (tern or is_planned or note.startswith("no: ")) or tern and note.startswith("no: "):
            yield f"{package}.{name}: needs Tern's name, or a note that begins with 'planned' or 'no: '"
        for part in () if is_planned else missing_parts(tern, sources):
            yield f"{package}.{name}: Tern has no public {part}"
    for key, count in collections.Counter((package, name) for package, name, _, _ in table).items():
        if count > 1:
            yield f"{'.'.join(key)}: has {count} rows"
    share = covered(table, "torch.nn")
    if share < 0.95:
        yield f"torch.nn: {share:.1%} of the names without lazy variants are there or planned, 95 % are to be"


def covered(table, package):
    """The share of a package's names that Tern has or will have, lazy variants left out."""
    own = [row for row in table if row[0] == package and not row[1].startswith("Lazy")]
    return sum(bool(tern) or note.startswith("planned") for _, _, tern, note in own) / len(own)


def missing_rows(table, packages):
    given = {(package, name) for package, name, _, _ in table if package in packages}
    wanted = {(package, name) for package, names in packages.items() for name in names}
    for package, name in sorted(wanted - given):
        yield f"{package}.{name}: has no row"
    for package, name in sorted(given - wanted):
        yield f"{package}.{name}: is no public name of the package"


def markdown(table):
    lines = [
        "# PyTorch's and Keras's names",
        "",
        "What each public name of PyTorch 2.13 and Keras 3.15 is called in Tern, or why there is nothing.",
        "",
        "`x` stands for a tensor. A tensor is a value: PyTorch's in-place methods (`x.abs_()`) are `x = x.abs()`. Made by",
        "`Tests/Names/names.py` of `Tests/Names/names.csv`.",
    ]
    for package, title in TITLES.items():
        own = [row for row in table if row[0] == package]
        has = sum(bool(tern) and not note.startswith("planned") for _, _, tern, note in own)
        planned = sum(note.startswith("planned") for _, _, _, note in own)
        lines += [
            "", f"## {title}", "",
            f"{len(own)} names: {has} are there, {planned} are planned, {len(own) - has - planned} are left out.", "",
            "| name | Tern | remarks |", "| --- | --- | --- |",
        ]
        for _, name, tern, note in own:
            lines.append(f"| `{name}` | {tern.replace('|', chr(92) + '|')} | {note.removeprefix('no: ')} |")
    return "\n".join(lines) + "\n"


def main():
    table = rows()
    if "--write" in sys.argv[1:]:
        table = settled(table)
        with open(FOLDER / "names.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("package", "name", "tern", "note"), *table])
    found = [*problems(table), *missing_rows(table, package_names())]
    text = markdown(table)
    if "--write" in sys.argv[1:]:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(text)
    elif TABLE.read_text() != text:
        found.append(f"{TABLE.relative_to(ROOT)} is not what names.csv gives: run names.py --write")
    if found:
        sys.exit("\n".join(found))
    print(f"{len(table)} names, all in order")


if __name__ == "__main__":
    main()
