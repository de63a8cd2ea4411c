"""A region in a pocket: the file, its signed manifest, who made it, and whether it can be believed.

`container` is the file, `manifest` what it says of itself, `signing` the site's key,
`verification` the way back, `register` the table of what was made. What is in the parts is made by
`tiles.pack` and by whoever has more to give.
"""
