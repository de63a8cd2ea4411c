"""The situation report (处置方案报告): eight sections of one incident, as document and as map."""
