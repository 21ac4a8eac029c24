"""The training process. `core.worker.process` is its entry; nothing of the server imports anything from here."""
