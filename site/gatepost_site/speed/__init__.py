"""What makes a build quick: nothing is made again whose inputs did not change, and what must be made uses all cores."""
