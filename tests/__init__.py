"""Tests: by data where possible; nothing here goes beyond loopback."""
