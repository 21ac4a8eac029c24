"""In and out: an experiment as a link, as a script, and out of a link of TensorFlow Playground."""
