"""Markdown tables of what was measured, and the list of what was to be reached."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """Something to reach: the measured figure and the limit it is held against."""

    text: str
    measured: float
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def is_met(self):
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def row(self):
        sign = "≥" if self.at_least else "≤"
        return [
            self.text,
            f"{figure(self.measured)}{self.unit}",
            f"{sign} {figure(self.limit)}{self.unit}",
            "yes" if self.is_met else "NO",
        ]


def goals_table(goals):
    return table(["goal", "measured", "limit", "met"], [goal.row for goal in goals])


SPEED_COLUMNS = [
    "operation",
    "server",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "server CPU µs/request (best)",
    "OpenBao's CPU ÷ this",
    "this ÷ bare NIO's CPU",
]


def speed_table(summaries, references):
    """Rows of {(server, operation): Summary}; `references` gives for an operation the keys to compare with.

    A reference is a pair (key of OpenBao's, key of the bare server's); either may be None.
    """
    rows = []
    for (server, operation), summary in summaries.items():
        openbao, bare = (summaries.get(key) for key in references.get(operation, (None, None)))
        rows.append(
            [
                operation,
                server,
                figure(summary.rate),
                figure(summary.p50),
                figure(summary.p99),
                f"{figure(summary.cpu)} ({figure(summary.best_cpu)})",
                ratio(openbao, summary),
                ratio(summary, bare),
            ]
        )
    return table(SPEED_COLUMNS, rows)


def ratio(above, below):
    """CPU time over CPU time; blank when one is missing, is nothing, or both are the same row."""
    if above is None or below is None or above is below or not below.cpu:
        return ""
    return f"{above.cpu / below.cpu:.2f}"


def figure(number):
    """Three digits that matter, and none that do not."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(columns, rows):
    """Text columns to the left, figures to the right."""
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} cells, not {len(columns)}: {row}")
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    rules = ["---:" if column and all(map(is_figure, column)) else "---" for column in cells]
    return "\n".join(line(row) for row in [columns, rules, *rows])


def line(cells):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def is_figure(text):
    return text == "" or text[0].isdigit()
