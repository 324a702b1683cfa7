"""One module per platform, each true to console.playbook.kinds. Only console.wiring loads them."""
