"""Work that continues after Slack has its acknowledgement, each delivery of Slack's only once."""

from collections import OrderedDict

from bot.tasks import BackgroundTasks

REMEMBERED = 2000
"""Keys kept; Slack repeats a delivery within minutes: https://docs.slack.dev/apis/events-api/#retries"""


class DeliveryTasks(BackgroundTasks):
    """Background tasks that know which deliveries they were begun for."""

    def __init__(self) -> None:
        super().__init__()
        self._delivered: OrderedDict[str, None] = OrderedDict()

    def is_new(self, key: str) -> bool:
        """Whether a delivery comes for the first time: Slack repeats one whose acknowledgement it missed.

        An empty key is always new.
        """
        if key and key in self._delivered:
            return False
        self._delivered[key] = None
        while len(self._delivered) > REMEMBERED:
            self._delivered.popitem(last=False)
        return True
