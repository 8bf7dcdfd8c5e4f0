"""The console door of a server: metrics read as Prometheus reads them, health and readiness."""

import http.client
import time

from prometheus_client.parser import text_string_to_metric_families


def ask(port, path, method="GET"):
    """The status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


class Metrics:
    """One reading of /metrics."""

    def __init__(self, port):
        status, self.headers, self.text = ask(port, "/metrics")
        assert status == 200
        self.families = {family.name: family for family in text_string_to_metric_families(self.text)}

    def samples(self, name, **labels):
        return [
            sample
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def value(self, name, **labels):
        """The sum of all samples of that name with at least these labels."""
        return sum(sample.value for sample in self.samples(name, **labels))

    def requests(self, operation, result=None):
        """How many requests were counted; without a result, by result."""
        if result:
            return self.value("strongroom_requests_total", operation=operation, result=result)
        return {
            sample.labels["result"]: sample.value
            for sample in self.samples("strongroom_requests_total", operation=operation, service="kms")
        }


def wait_for(condition, seconds=10):
    """Waits until something is true, and gives it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)
    return value


def ready(port):
    """What /readyz answers: its status and its text."""
    status, _, text = ask(port, "/readyz")
    return status, text.strip()
