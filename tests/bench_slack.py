"""How soon Slack has its acknowledgement, with answers that take five seconds: python -m tests.bench_slack [COMMANDS].

A Slack on the loopback address sends commands, one every 20 ms, to the real adapter over Socket Mode. Measured is the
time from sending an envelope to its acknowledgement, as Slack would see it. Slack allows 3 s; the aim is 300 ms for 99
of 100.
"""

import asyncio
import os
import resource
import sys
import time

from bot.slack.adapter import Slack
from chat.request import Place
from tests.bot.slack.fakes import FakeRouter, settings_for
from tests.loopback.slack import SlackServer

SECONDS = 5.0
APART = 0.02


async def acknowledged(number: int) -> list[float]:
    """Milliseconds to the acknowledgement of each command, in order of size."""

    class Busy(FakeRouter):
        async def answer_line(self, line: str, place: Place, author: str = "", may_configure: bool = True):  # type: ignore[no-untyped-def]
            await asyncio.to_thread(time.sleep, SECONDS)
            return self.reply

    async with SlackServer() as server:
        bot = Slack(settings_for(server), Busy())  # type: ignore[arg-type]
        await bot.start()
        sent = []
        for at in range(number):
            sent.append(asyncio.create_task(server.command("/trend", f"Meta {at}")))
            await asyncio.sleep(APART)
        deliveries = await asyncio.gather(*sent)
        await bot.stop()
        return sorted(1000 * (server.ack(one).at - one.sent) for one in deliveries)


def main() -> None:
    """Prints the figures."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    took = asyncio.run(acknowledged(number))
    at = {share: took[min(int(len(took) * share), len(took) - 1)] for share in (0.5, 0.95, 0.99)}
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{number} commands, each answered after {SECONDS:g} s; milliseconds to the acknowledgement:")
    print(f"p50 {at[0.5]:.0f}, p95 {at[0.95]:.0f}, p99 {at[0.99]:.0f}, most {took[-1]:.0f}")
    print(f"CPU {cpu.ru_utime + cpu.ru_stime:.1f} s, Slack's side included")


if __name__ == "__main__":
    main()
