"""The law (法规): pure rules over facts, and the dated numbers they use."""
