"""The import contracts cover every room that there is."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
COMPOSITION_ROOT = {"app", "schedule", "worker", "cli", "demo", "doctor", "heartbeat"}


def modules():
    return {path.parent.name for path in (ROOT / "modules").glob("*/__init__.py")}


def contract(beginning):
    (found,) = [each for each in CONTRACTS if each["name"].startswith(beginning)]
    return found


def test_the_platform_is_all_that_is_not_the_composition_root():
    platform = {
        path.stem for path in (ROOT / "asyncops").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    listed = {name.removeprefix("asyncops.") for name in contract("The platform knows no feature")["source_modules"]}

    assert listed == platform - COMPOSITION_ROOT - {"__init__", "__pycache__"}


def test_every_module_has_its_place_in_the_order():
    order = [
        name.strip() for layer in contract("Between modules only downwards")["layers"] for name in layer.split("|")
    ]

    assert set(order) == modules()


def test_every_module_keeps_the_rooms():
    assert {name.removeprefix("modules.") for name in contract("Inside a module")["containers"]} == modules()


def test_every_room_but_the_open_ones_is_closed_to_other_modules():
    for module in modules():
        rooms = {
            path.stem
            for path in (ROOT / "modules" / module).iterdir()
            if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").exists())
        }
        closed = {name.rpartition(".")[2] for name in contract(f"Doors of {module}")["protected_modules"]}
        assert closed == rooms - {"service", "events", "errors", "views"}
