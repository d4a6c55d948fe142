"""The bundled modules that browsers get: built where they are missing, held against the committed manifest."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.built_files import FOLDER, MANIFEST, integrity, read_manifest
from config.embedded.preparation import ROOT
from config.embedded.refused import StartRefused
from config.front_desk.bundling import BUNDLES, LOCKED, SOURCES, Workshop
from config.front_desk.terminal import say

# What the build in the folder was made of.
STAMP = "inputs.sha256"


def first_unlike(manifest: Mapping[str, str], folder: Path) -> str:
    """The name of the first file that is missing, not listed or not as the manifest says; empty if there is none."""
    there = {path.name for path in folder.iterdir()} - {STAMP} if folder.exists() else set()
    for name in sorted(there | set(manifest)):
        if name not in there or integrity((folder / name).read_bytes()) != manifest.get(name):
            return name
    return ""


def ensure(root: Path = ROOT) -> None:
    """Builds what is missing or out of date, and refuses whatever is not what the manifest says."""
    workshop, built = Workshop(root), root / "static" / FOLDER
    manifest_path = root / MANIFEST.relative_to(ROOT)
    if not _is_current(workshop, built):
        with _alone(root):
            if not _is_current(workshop, built):
                with _built_anew(workshop) as anew:
                    if name := first_unlike(read_manifest(manifest_path), anew):
                        raise StartRefused(
                            f"the build of static/{FOLDER}/{name} is not what static/manifest.json says;"
                            " after a change that was meant, ./run assets writes the manifest anew"
                        )
                    _move_in(workshop, anew, built)
    if name := first_unlike(read_manifest(manifest_path), built):
        raise StartRefused(
            f"static/{FOLDER}/{name} is not what static/manifest.json says: it was changed after it was built;"
            f" remove static/{FOLDER} to have it built anew"
        )


def rebuild(arguments: list[str]) -> int:
    """`./run assets`: builds anew and writes the manifest; `./run assets lock` makes the lock anew before."""
    if arguments not in ([], ["lock"]):
        raise StartRefused("usage: ./run assets, or ./run assets lock after a change of package.json")
    workshop, built = Workshop(ROOT), ROOT / "static" / FOLDER
    with _alone(ROOT):
        if arguments:
            workshop.lock()
        with _built_anew(workshop) as anew:
            found = {path.name: integrity(path.read_bytes()) for path in sorted(anew.iterdir())}
            MANIFEST.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
            _move_in(workshop, anew, built)
    for bundle in BUNDLES:
        path = built / bundle.name
        say(f"{bundle.name}: {path.stat().st_size} bytes, {workshop.brotli(path)} of {bundle.most_brotli} in brotli")
    return 0


def prove() -> int:
    """Builds twice from the start in two new folders; 0 if every byte is the same, and as the manifest says."""
    with tempfile.TemporaryDirectory(prefix="opencen-proof-") as folder:
        outputs = []
        for number in ("one", "another-of-the-same"):
            root = Path(folder) / number
            (root / SOURCES).parent.mkdir(parents=True)
            shutil.copytree(ROOT / SOURCES, root / SOURCES)
            for name in LOCKED:
                shutil.copy2(ROOT / name, root / name)
            workshop = Workshop(root)
            workshop.fetch()
            workshop.build(root / FOLDER)
            outputs.append({path.name: path.read_bytes() for path in (root / FOLDER).iterdir()})
            if name := first_unlike(read_manifest(), root / FOLDER):
                print(f"{name} is not what static/manifest.json says")
                return 1
    if outputs[0] != outputs[1]:
        print("two builds differ")
        return 1
    print(f"built twice the same, as static/manifest.json says: {', '.join(sorted(outputs[0]))}")
    return 0


def _is_current(workshop: Workshop, built: Path) -> bool:
    stamp = built / STAMP
    return stamp.exists() and stamp.read_text() == workshop.inputs()


@contextmanager
def _built_anew(workshop: Workshop) -> Iterator[Path]:
    began = time.monotonic()
    workshop.fetch()
    with tempfile.TemporaryDirectory(prefix="opencen-built-") as folder:
        workshop.build(Path(folder))
        say(f"built the browser's modules in {time.monotonic() - began:.1f} s")
        yield Path(folder)


def _move_in(workshop: Workshop, anew: Path, built: Path) -> None:
    """Puts a build in the place of the earlier one; the stamp comes last, so that half a build is none."""
    shutil.rmtree(built, ignore_errors=True)
    shutil.copytree(anew, built)
    built.chmod(0o755)
    (built / STAMP).write_text(workshop.inputs())


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two commands started at once must not build over each other."""
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
