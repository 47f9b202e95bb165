"""The spider that reads a portal's declaration, and the loader that makes one of every declaration."""
