"""What unlike people both chose: a way to read an outcome, and never what decides it (ADR 59)."""
