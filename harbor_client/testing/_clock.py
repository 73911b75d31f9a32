"""The time in a fake Harbor, which a test can move."""

import threading
import time


class Clock:
    """A clock that runs like the real one until a test freezes it or moves it on.

    Everything that takes time in a fake Harbor uses its clock: creation and update times, the 1.5 s that a wrong
    password costs, the delays of faults. A test never has to wait for any of them::

        harbor.clock.freeze()
        ...  # a thread logs in with a wrong password
        harbor.clock.wait_for_sleepers(1)
        harbor.clock.advance(1.5)  # the response is sent now
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._offset = 0.0
        self._frozen_at: float | None = None
        #: How many requests are being held back at this moment.
        self.sleepers: int = 0
        self._stopped = False

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, by this clock."""
        frozen_at = self._frozen_at
        return (time.time() if frozen_at is None else frozen_at) + self._offset

    def advance(self, seconds: float) -> None:
        """Move the time on; requests that are held back until then continue.

        Args:
            seconds: how far; not negative, since a clock never goes back.

        Raises:
            ValueError: it would go back.
        """
        if seconds < 0:
            raise ValueError("a clock cannot go back: seconds must not be negative")
        with self._condition:
            self._offset += seconds
            self._condition.notify_all()

    def freeze(self) -> None:
        """Stop the clock until `advance` or `unfreeze`."""
        with self._condition:
            if self._frozen_at is None:
                self._frozen_at = time.time()

    def unfreeze(self) -> None:
        """Let the clock run again, from where it stopped."""
        with self._condition:
            if self._frozen_at is not None:
                self._offset += self._frozen_at - time.time()
                self._frozen_at = None
                self._condition.notify_all()

    def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed by this clock, or at once when the server stops."""
        until = self.time() + seconds
        with self._condition:
            self.sleepers += 1
            self._condition.notify_all()
            try:
                while not self._stopped and (left := until - self.time()) > 0:
                    # A wait that is over counts as that time, even where a tool has frozen `time.time`.
                    if not self._condition.wait(left if self._frozen_at is None else None):
                        return
            finally:
                self.sleepers -= 1
                self._condition.notify_all()

    def wait_for_sleepers(self, count: int, timeout: float = 10.0) -> None:
        """Return as soon as `count` requests are being held back; `TimeoutError` after `timeout` real seconds."""
        with self._condition:
            if not self._condition.wait_for(lambda: self.sleepers >= count, timeout):
                raise TimeoutError(f"{self.sleepers} of {count} requests are being held back after {timeout} s")

    def stop(self, stopped: bool = True) -> None:
        """End all waits, current and future ones, because the server stops. With False, start waiting again."""
        with self._condition:
            self._stopped = stopped
            self._condition.notify_all()
