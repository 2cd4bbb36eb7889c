"""Drawings made by the server: SVG without inline styles, coloured by classes, each beside a table of the caller.

bars         GroupBar, group_bars            one bar per group
strip        StripMark, strip                one line from none to all
opinion_map  Stone, GroupLabel, OpinionMap   stones of at least five people, and how people become stones (`bin_people`)
picture      lay_out, as_svg, as_png         the map as a file with its own colours
definitions  patterns and shapes that the drawings share; `web/base.html` puts them on the page once
"""
