"""The operator's tool: environments, deployments and their repair, on top of the Pulumi program in `stacks/`."""
