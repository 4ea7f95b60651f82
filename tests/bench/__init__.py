"""
`make bench`: what the program costs beside OpenTofu and auth0-deploy-cli, for one desired tenant, at each rate limit and latency.

`measure.py` measures a command; `guestlist.py`, `opentofu.py` and `deploy_cli.py` say what each tool runs; `report.py` writes docs/bench.md
and the block in README.md. Figures are of one machine and one run: compare them with each other, not with another machine's.
Not here: any pass or fail. Source of the tiers: https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
"""
