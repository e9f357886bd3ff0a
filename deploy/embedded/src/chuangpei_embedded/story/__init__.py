"""The main job (主线), over REST only: from a class to a paid subsidy, from a revocation to a lost brand."""
