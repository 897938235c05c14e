"""The page that a learner gets back: what they wrote, and what is said of it.

`page` is what it says, as one value; `collect` makes that of an executed notebook, its verdicts and
its scores; `overview` has the sentences at the top; `render` writes HTML that asks no network for
anything and runs nothing. Whatever a learner wrote or printed is hostile until `cut`, `markdown`,
`formulas`, `outputs` and `pictures` have read it.
"""
