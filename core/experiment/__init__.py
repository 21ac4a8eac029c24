"""What is asked for: an experiment's data, network and training, checked, as plain values. Imports nothing heavy."""
