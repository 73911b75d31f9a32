"""What several test folders share: servers that misbehave, certificates, the table of calls, recorders."""
