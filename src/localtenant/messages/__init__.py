"""What the tenant sends to people: mail and text messages, and the local mailbox and phone that keep them."""
