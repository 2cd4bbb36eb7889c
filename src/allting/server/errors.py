"""What keeps the server from starting. Each message is one sentence for the operator; `allting` exits with 2.

CannotStart
├── AddressTaken      the host or port cannot be had
├── FolderUnusable    the data folder cannot be written, or another server uses it
└── DatabaseUnusable  the database does not answer, or a newer Allting wrote it
"""


class CannotStart(Exception):
    """Something outside of Allting must be changed first."""


class AddressTaken(CannotStart):
    """The host or port cannot be had."""


class FolderUnusable(CannotStart):
    """The data folder cannot be written, or another server uses it."""


class DatabaseUnusable(CannotStart):
    """The database does not answer, or a newer Allting wrote it."""
