"""Writes the types of both clients from the OpenAPI document, or checks that they are what they should be.

It needs what `python/requirements.txt` and `typescript/package-lock.json` list. Only what the clients call is taken from
the document, so that their types stay readable, and stay the same while the rest of the API grows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OPERATIONS = {
    "acceptFollowUpRequest",
    "answerFollowUpRequest",
    "getFollowUpRequest",
    "listEvents",
    "listFollowUpRequests",
    "receiveFollowUpRequest",
}


def main() -> int:
    """Reads what is asked and does it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contract", type=Path, default=HERE.parent / "openapi" / "v1.json")
    parser.add_argument("--node-modules", type=Path, default=HERE / "typescript" / "node_modules")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "contract.json"
        contract.write_text(json.dumps(part_of(json.loads(options.contract.read_text("utf-8")))), "utf-8")
        made = {
            HERE / "python" / "city_service" / "api_types.py": python_types(contract),
            HERE / "typescript" / "src" / "api.d.ts": typescript_types(contract, options.node_modules),
        }
    if not options.check:
        for path, text in made.items():
            path.write_text(text, "utf-8")
        return 0
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(HERE.parent)} is not what the contract says; `cargo xtask openapi` rewrites it")
    return 1 if stale else 0


def part_of(document: dict[str, Any]) -> dict[str, Any]:
    """Takes the operations of the clients out of the document, with all that they refer to."""
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and operation.get("operationId") in OPERATIONS:
                paths.setdefault(path, {})[method] = operation
    components: dict[str, dict[str, Any]] = {}
    open_references = references(paths)
    while open_references:
        kind, name = open_references.pop()
        if name not in components.setdefault(kind, {}):
            components[kind][name] = document["components"][kind][name]
            open_references += references(components[kind][name])
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": paths,
        "components": {kind: dict(sorted(named.items())) for kind, named in sorted(components.items())},
    }


def references(value: Any) -> list[tuple[str, str]]:
    """Finds the components that a part of the document refers to."""
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    if not isinstance(value, dict):
        return []
    found = references(list(value.values()))
    reference = value.get("$ref")
    if isinstance(reference, str):
        _, _, kind, name = reference.split("/")
        found.append((kind, name))
    return found


def python_types(contract: Path) -> str:
    """Makes typed dictionaries, which exist for the type checker alone."""
    made = contract.with_name("api_types.py")
    command = [sys.executable, "-m", "datamodel_code_generator", "--input", f"{contract}", "--output", f"{made}"]
    command += ["--input-file-type", "openapi", "--output-model-type", "typing.TypedDict", "--formatters", "builtin"]
    command += ["--target-python-version", "3.10", "--enum-field-as-literal", "all", "--disable-timestamp"]
    subprocess.run([*command, "--use-schema-description", "--use-field-description"], check=True)
    return made.read_text("utf-8")


def typescript_types(contract: Path, node_modules: Path) -> str:
    """Makes TypeScript's types."""
    made = contract.with_name("api.d.ts")
    generator = node_modules / ".bin" / "openapi-typescript"
    subprocess.run([generator, contract, "--output", made], check=True, stdout=subprocess.DEVNULL)
    return made.read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
