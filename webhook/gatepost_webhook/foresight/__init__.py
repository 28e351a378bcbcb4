"""What will happen to leads before it does, and why it happened afterwards: pictures, trials, forecasts, accounts."""
