"""Comparing two at a time, from the database to what is published: read, fitted in a child process, held back, shown.

reading     what was compared, as arrays              analysis   the child process: strengths and the next pairs
fitting     when it is due, running it, publishing    figures    what may be seen of it, pure
order       what the pages show of what is published  belonging  erasing, handing over, my data
"""
