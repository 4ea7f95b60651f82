"""What people see of ours: the hosted profile page, the mail that carries the password link."""
