"""HTTP/1.1: requests, responses, and the server that reads and writes them."""
