"""Where they meet: command, decide, append, publish. The only writer."""
