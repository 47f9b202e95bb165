"""Which texts are copies of each other. Pure: no network, no Scrapy, no SQL.

`normal` what is left of a text when it is set anew · `sketch` a few numbers by which copies find each
other · `facts` numbers in their surroundings · `compare` the decision, with its evidence in words ·
`publisher` who said it first.
"""

METHOD = "grams-1"
"""Version of all that decides: sketches, thresholds, normalisation. With another one, rebuild the stories."""
