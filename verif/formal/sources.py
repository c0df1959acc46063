# SPDX-License-Identifier: Apache-2.0
"""Which RTL files a property module needs, in an order that every tool reads; package constants made smaller."""
import re

from .catalogue import Bad

# File types in Yosys 0.23 are known by their order: packages before modules.
WORD = re.compile(r"\bhtx_\w+\b")


def code(text):
    """The text without comments: a file named in a comment is not needed."""
    return re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)


def closure(rtl, props):
    """Packages, then modules, that `props` needs directly or through others."""
    files = {}
    for f in sorted(rtl.rglob("*.sv")):
        if files.setdefault(f.stem, f) != f:
            raise Bad(f"{rtl}: {files[f.stem].relative_to(rtl)} and {f.relative_to(rtl)} are one module: which is meant?")
    if not files:
        raise Bad(f"{rtl}: no SystemVerilog there")
    order = []

    def place(path):
        for used in sorted(set(WORD.findall(code(path.read_text(encoding="utf-8"))))):
            if used in files and files[used] != path and files[used] not in order:
                place(files[used])
        if path not in order:
            order.append(path)

    place(props)
    order.remove(props)
    return sorted((f for f in order if f.stem.endswith("_pkg")), key=order.index) + [f for f in order if not f.stem.endswith("_pkg")]


def prepare(rtl, props, sizes, folder, cut=()):
    """The files to read. Where a package constant is replaced, the changed package is written into `folder`."""
    files, left = [], dict(sizes)
    unknown = sorted(set(cut) - {f.stem for f in closure(rtl, props)})
    if unknown:
        raise Bad(f"{props.name}: nothing to cut: no module {unknown[0]} in what it uses")
    for f in closure(rtl, props):
        if left and f.stem.endswith("_pkg"):
            text = f.read_text(encoding="utf-8")
            for name in list(left):
                text, n = re.subn(rf"(localparam int unsigned {name} *= *)[^;]+;", rf"\g<1>{left[name]};", text)
                if n:
                    del left[name]
            if text != f.read_text(encoding="utf-8"):
                f = folder / f.name
                f.write_text(text, encoding="utf-8")
        files.append(f)
    if left:
        raise Bad(f"{props.name}: no package has a constant {sorted(left)[0]} to make smaller")
    return files
