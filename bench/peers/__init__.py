"""What a good engineer would write by hand for the same work, with nothing besides: the measure of ours."""
