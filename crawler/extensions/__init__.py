"""What a run tells people: progress while it goes, a summary at its end."""
