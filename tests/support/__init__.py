"""What tests of all rooms share: brokers to run on, topics to fill and read, a clock to turn, real data."""
