"""Looking inside a network that trains: a `Trainer` is looked at from here, and knows nothing of it."""
