"""What has been done: events, fold, decide. Pure; time is an argument."""
