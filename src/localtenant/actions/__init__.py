"""The deployed Actions, run for real: the workers, the `post-login` pipeline, the records of executions."""
