"""Pages of the control plane for a person at this machine: mail, the phone, users, the log. JSON beside each."""
