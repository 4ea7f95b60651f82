"""The pages that people see: signing in, setting a password, second factors. Named as in Auth0's Universal Login."""
