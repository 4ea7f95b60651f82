"""The hosted profile page: asks an invited person for the names, between the login and the application. Start: `app.create_app`."""
