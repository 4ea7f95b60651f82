"""An invited person's way from the mail to the application, in a real browser or by HTTP."""
