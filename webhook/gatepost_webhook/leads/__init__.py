"""Who the leads are, and what the events say of them."""
