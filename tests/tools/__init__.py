"""What keeps the repository in order: tools that `make` and the tests share."""
