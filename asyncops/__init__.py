"""The platform: shared machinery that knows no feature. Features live in `modules`."""

import gc

# Loading makes hundreds of thousands of objects that stay, and a request thousands with hardly a cycle among them: to
# look for garbage every 700, which Python does by itself, is much too often.
gc.set_threshold(20_000, 20, 20)
