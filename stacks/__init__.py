"""The Pulumi program: one file per family of Auth0 resources; only here is `pulumi_auth0` imported."""
