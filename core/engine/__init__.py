"""The engine: training outside the server's process, many runs at once."""
