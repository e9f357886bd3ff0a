"""The law as it is in force (现行规定), for anyone to read."""
