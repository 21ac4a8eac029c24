"""What the server of the pages does beside them: its routes and sockets, and which browser is which."""
