"""The pages of answers: what waits, what is prepared, what goes out, what everybody reads."""
