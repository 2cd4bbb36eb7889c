"""What the files of an export are called."""

COMMENTS, MATRIX, SUMMARY, VOTES = "comments.csv", "participants-votes.csv", "summary.csv", "votes.csv"
FILES = (COMMENTS, MATRIX, SUMMARY, VOTES)
# Ours, beside those of Polis: what was published of the same votes, for `allting check map`.
MAP = "map.json"
