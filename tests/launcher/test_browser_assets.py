"""The browser's modules: the same from every build, as the manifest says, and nobody else's code in the repository."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config.built_files import FOLDER, MANIFEST, integrity, read_manifest
from config.embedded.preparation import ROOT
from config.embedded.refused import StartRefused
from config.front_desk import browser_assets, bundling
from config.front_desk.bundling import BUNDLES, LOCKED, SOURCES, Workshop

BUILT = ROOT / "static" / FOLDER


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of all that the build is made of, with what was fetched and built."""
    for name in LOCKED:
        shutil.copy2(ROOT / name, tmp_path / name)
    for folder in (SOURCES, "node_modules", f"static/{FOLDER}"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True)
    shutil.copy2(MANIFEST, tmp_path / "static" / "manifest.json")
    return tmp_path


def refused(house: Path) -> str:
    with pytest.raises(StartRefused) as refusal:
        browser_assets.ensure(house)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_the_manifest_says_what_is_built() -> None:
    assert {b.name for b in BUNDLES} < set(read_manifest())
    assert {name: integrity((BUILT / name).read_bytes()) for name in read_manifest()} == read_manifest()
    assert read_manifest()["sealed.js"] == integrity((BUILT / "sealed.js").read_bytes())


def test_two_builds_in_two_folders_are_the_same(house: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outputs = []
    for root in (ROOT, house):
        into = tmp_path_factory.mktemp("a-build-with-a-name-of-its-own")
        Workshop(root).build(into)
        outputs.append({path.name: path.read_bytes() for path in into.iterdir()})
    assert outputs[0] == outputs[1] == {name: (BUILT / name).read_bytes() for name in read_manifest()}


def test_web_assembly_is_spelled_so_that_it_gives_back_what_was_there() -> None:
    wasm = base64.b64encode(b"\0asm" + bytes(range(256)) * 2).decode()
    script = bundling.spelled(f'var data="{wasm}",other="AGFzbQ";console.log(JSON.stringify([data,other]));')
    assert wasm not in script
    said = subprocess.run([str(bundling.NODE), "-e", script], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [wasm, "AGFzbQ"]
    assert bundling.spelled("nothing of the kind") == "nothing of the kind"


def test_a_second_start_builds_nothing(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workshop, "_call", lambda *_: pytest.fail("node was started"))
    browser_assets.ensure(house)


def test_a_changed_byte_is_refused_by_name(house: Path) -> None:
    path = house / "static" / FOLDER / "sealed.js"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "static/built/sealed.js is not what static/manifest.json says" in refused(house)
    shutil.rmtree(path.parent)
    browser_assets.ensure(house)
    assert integrity(path.read_bytes()) == read_manifest()["sealed.js"]


def test_a_file_that_nobody_listed_is_refused_by_name(house: Path) -> None:
    (house / "static" / FOLDER / "more.js").write_text("alert(1)")
    assert "static/built/more.js" in refused(house)


def test_a_changed_source_is_built_and_refused_until_the_manifest_knows_it(house: Path) -> None:
    before = (house / "static" / FOLDER / "sealed.js").read_bytes()
    with (house / SOURCES / "worker.js").open("a") as worker:
        worker.write("addEventListener('x', () => postMessage(1));\n")
    assert "./run assets" in refused(house)
    assert (house / "static" / FOLDER / "sealed.js").read_bytes() == before


def test_without_network_and_build_one_line_says_what_to_do(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(house / "node_modules")
    shutil.rmtree(house / "static" / FOLDER)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(house / "cache"))
    monkeypatch.setattr(bundling, "PATIENCE", ["--fetch-retries=0"])
    message = refused(house)
    assert "could not be fetched" in message
    assert "ECONNREFUSED" in message
    assert "npm_config_registry" in message


def test_what_outgrows_its_budget_is_refused(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bundle,) = BUNDLES
    weight = Workshop(house).brotli(BUILT / bundle.name)
    assert weight <= bundle.most_brotli
    tight = bundling.Bundle(bundle.name, bundle.page, bundle.worker, weight - 1)
    monkeypatch.setattr(bundling, "BUNDLES", (tight,))
    with pytest.raises(StartRefused, match=rf"sealed\.js weighs {weight} bytes"):
        Workshop(house).build(tmp_path / "tight")


def test_the_licences_of_what_is_inside_stand_beside_it() -> None:
    text = (BUILT / "sealed.js.LEGAL.txt").read_text()
    assert re.search(r"^hash-wasm 4\.13\.0$", text, re.M)
    assert "Permission is hereby granted" in text
    assert (BUILT / "sealed.js").read_text().startswith("/*! Licences: sealed.js.LEGAL.txt */")


def test_the_lock_has_hashes_exact_versions_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    assert '"resolved"' not in text
    packages = {name: told for name, told in json.loads(text)["packages"].items() if name}
    assert all(told["integrity"].startswith("sha512-") for told in packages.values())
    assert {"node_modules/@esbuild/linux-x64", "node_modules/@esbuild/linux-arm64"} < set(packages)
    assert "node_modules/@esbuild/darwin-arm64" in packages
    declared = json.loads((ROOT / "package.json").read_text())
    for name, version in (declared["dependencies"] | declared["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert packages[f"node_modules/{name}"]["version"] == version


def test_no_code_of_others_and_nothing_built_is_committed() -> None:
    known = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "package-lock.json" in known
    assert [name for name in known if re.search(r"(^|/)(node_modules|built|vendor)/", name)] == []
    ours = {"static/js/portal.js", "static/js/live.js", "static/js/passkey.js"}
    scripts = {name for name in known if re.search(r"\.(m?js|cjs|wasm|map)$", name)}
    # The second folder is the tests' side in the page.
    assert {name for name in scripts if not name.startswith((f"{SOURCES}/", "tests/sealed/browser/"))} <= ours


def test_of_npms_settings_only_those_about_fetching_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("npm_config_omit", "NPM_CONFIG_PREFIX", "NODE_OPTIONS", "ESBUILD_BINARY_PATH"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "here")
    left = bundling.environment()
    assert left["NPM_CONFIG_REGISTRY"] == "here"
    assert not {"npm_config_omit", "NPM_CONFIG_PREFIX", "NODE_OPTIONS", "ESBUILD_BINARY_PATH"} & set(left)
    assert os.environ["NODE_OPTIONS"] == "x"
