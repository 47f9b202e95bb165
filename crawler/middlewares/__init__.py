"""What stands between the engine and the network: one job a file."""
