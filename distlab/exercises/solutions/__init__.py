"""Reference solutions, written as a learner would write them in the stub's cell; a file a chapter."""
