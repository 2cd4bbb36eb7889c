"""What unlike people both support, by what people say they are: camps (ADR 59).

Nothing here says how a camp answered. Of each statement one learns where it stands in the camp that supports it the
least, in steps so wide that no camp's count can be worked out from it and the published figures.
"""
