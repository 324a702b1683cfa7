"""What should be done: YAML in, Playbook out. Pure."""
