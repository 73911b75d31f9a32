"""Harbor's API: who is calling, which operation is meant, what it checks and what it does."""
