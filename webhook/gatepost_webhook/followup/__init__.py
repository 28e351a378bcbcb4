"""What is sent when: sequences from files, one pure plan, the worker that follows it."""
