"""Hazard zones of many cases at once (批量计算): every hazard source, in every wind."""

from analysis.batch.cases import Case, Row, cases_of, compute
from analysis.batch.farm import run

__all__ = ["Case", "Row", "cases_of", "compute", "run"]
