"""What unlike people both support, by what people say they are: camps (ADR 59).

Nothing here says how a camp answered. Of each statement one learns where it stands in the camp that supports it the
least, in steps so wide that no camp's count can be worked out from it and the published figures.
"""

STEPS = (50, 60, 70, 80)
"""Shares in percent at which a step may end. Below half nothing finer is of use: then most of a camp is not with it."""

FEWEST_IN_A_CAMP = 20
"""With fewer, hardly a step could be told without telling about somebody, and one friend would pass for the camp."""
