"""Calculation sheets (计算书): one content, printed as HTML and as DOCX.

`content` gathers what entered and came out, `page` writes it as blocks in a language, `html` and
`word` print blocks. Nothing here knows Flask or the database.
"""
