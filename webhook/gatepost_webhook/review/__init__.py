"""What the owner sees: lists, exports, and a safe copy for Datasette."""
