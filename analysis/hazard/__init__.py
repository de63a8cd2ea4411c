"""Consequence models (后果模型): pure, every coefficient cited, none out of its range.

Every module of this folder with a `MODEL` is one model, and `analysis.hazard.<name>.run(inputs)`
runs it; `MODELS` holds them all by name. What models share lies in `physics`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from analysis.hazard.model import Model

__all__ = ["MODELS", "Model"]

_NOT_MODELS = frozenset({"inputs", "model", "physics"})


def _found() -> dict[str, Model]:
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names if name not in _NOT_MODELS]
    return {module.MODEL.name: module.MODEL for module in modules if hasattr(module, "MODEL")}


MODELS: Mapping[str, Model] = MappingProxyType(_found())
