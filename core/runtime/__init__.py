"""The ground: how TensorFlow is started, imported late, and what JSON lacks. Imports nothing else of Descent."""
