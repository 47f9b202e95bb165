"""A server with a path for each trouble that a portal can make."""
