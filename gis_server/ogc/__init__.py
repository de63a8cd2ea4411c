"""The standard doors for desktop GIS: OGC API - Features, OGC API - Tiles, and WMTS.

What is claimed is `conformance.CLASSES`; docs/standards.md says how QGIS and GDAL use the doors.
"""
