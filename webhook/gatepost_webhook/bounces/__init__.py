"""What comes back after a mail: bounces, complaints and unsubscriptions, by mail or by a provider's callback."""
