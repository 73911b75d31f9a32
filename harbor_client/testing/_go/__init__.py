"""What Go's standard library does: Harbor is written in Go, and much of what it responds is what that library says."""
