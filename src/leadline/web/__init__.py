"""Pages in the browser: each reads a request, calls one operation, shows the result."""
