"""Harbor's tables in memory, and queries on them as the object mapper and PostgreSQL carry them out."""
