"""Texts that break what is not made for them, and eyes for both themes."""

import pytest

from tests.browser.accessibility import findings
from tests.browser.story import READY, Texts

UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
MARKDOWN = f"""\
# Checkout fails for one order in nine

### Since the release, {UNBROKEN} and @olga see **it**, *often*, ~~always~~; `{UNBROKEN.lower()}{UNBROKEN.lower()}`

- a list with a [link](https://example.org/{UNBROKEN.lower()}) and https://example.org/{"a" * 120}
  1. and in it
  2. another
- [x] done
- [ ] not yet

> Somebody said so.
> > Somebody else denied it.

| queue | waiting | oldest | seen by | answered by | remark |
| :--- | ---: | :-: | --- | --- | --- |
| {UNBROKEN} | 1,204 | 3 h | Olga | nobody | {"-" * 60} |

```python
raise RuntimeError("{"x" * 150}")
```

![The graph](https://example.org/graph.png) and a note[^1].

---

[^1]: Which says more.
"""
TEXTS = Texts(
    line=f"Checkout errors since the release: {UNBROKEN} answers nothing & payments wait for it (one in nine)",
    markdown=MARKDOWN,
    tag=UNBROKEN[:50],
    known="Checkout",
)
THEMES = ("light", "dark")
SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])


APPLIED = "(theme) => document.documentElement.dataset.mantineColorScheme === theme"


class Look:
    """Looks at a page in both themes, and keeps what it finds until the end."""

    def __init__(self, page, *, floating=False):
        self.page = page
        self.floating = floating
        self.found = {}

    def __call__(self, name):
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)
            self.page.wait_for_function(APPLIED, arg=theme)
            self.page.wait_for_function(READY)
            for finding in findings(self.page, floating=self.floating, only_colors=theme == "dark"):
                self.found.setdefault(finding, []).append(f"{name} ({theme})")
        self.page.emulate_media(color_scheme="light")

    def report(self):
        assert not self.found, "\n".join(f"{', '.join(places)}\n  {finding}" for finding, places in self.found.items())
