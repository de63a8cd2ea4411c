"""What axe-core finds wrong with a page for those who see little or use no mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "webmap/node_modules/axe-core/axe.min.js"


def serious(page: Page, inside: str) -> list[str]:
    """Return what axe finds serious or worse, each with the first element that has it."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    answer: dict[str, Any] = page.evaluate(
        "(inside) => axe.run({ include: inside.split(', ').map((one) => [one]) },"
        " { resultTypes: ['violations'] })",
        inside,
    )
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in answer["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
