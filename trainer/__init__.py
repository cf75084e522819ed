"""Lightning around `transformer/`: data, training, runs and the command line."""
