"""The one door in: a file is read, checked row by row, staged, and loaded when a person says so.

files (分析) -> quality (质检) -> staging (预入库) -> load (正式入库); `pipeline` walks the four.
Nothing is repaired in silence and nothing is half loaded.
"""
