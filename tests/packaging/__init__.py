"""The package as it is built and installed, and the scripts that set it up."""
