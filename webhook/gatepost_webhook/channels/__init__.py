"""How a message leaves: a channel is a Protocol of a few methods."""
