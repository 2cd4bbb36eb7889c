"""What the files of an export are called."""

COMMENTS, MATRIX, SUMMARY, VOTES = "comments.csv", "participants-votes.csv", "summary.csv", "votes.csv"
FILES = (COMMENTS, MATRIX, SUMMARY, VOTES)
