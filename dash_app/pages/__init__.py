"""One module per page: a static layout, and the callbacks that fill it."""
