"""
Whether a change makes the tenant less safe: rules over what is declared before and after.

    from guestlist.preview.security import judge
    findings = judge(pictures, allowances=settings.allow, today=date.today())

A rule is a pure function of two pictures; each file holds those of one family, each rule a few lines. What drift changed is judged by the same rules.

Not here: how findings are shown (`guestlist.preview.markdown` and its neighbours).
"""
