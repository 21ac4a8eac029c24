"""What server and workers say to each other, as plain frozen values: importing it imports no Keras."""
