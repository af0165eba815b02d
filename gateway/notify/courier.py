"""Delivers notifications: again and again with growing pauses, until the receiver has it, does not want it, or a day is over."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import Protocol

from gateway.metrics import WEBHOOK_ATTEMPTS
from gateway.notify.destinations import Destination, Destinations
from gateway.notify.letter import headers
from gateway.notify.postman import Answer, Undelivered
from gateway.notify.schedule import LIFE, pause_s, wished_pause_s
from gateway.storage.records import Notification
from gateway.storage.repository import NotificationRepository
from kit.clock import Clock
from kit.errors import WebhookRefused
from kit.log import get_logger
from kit.sealing.keys import SigningKey
from kit.telemetry.tracing import continuing


class Sender(Protocol):
    """Makes one attempt."""

    async def post(self, destination: Destination, headers: dict[str, str], body: bytes) -> Answer:
        """The answer. Raises Undelivered, WebhookRefused (its address must not be called)."""
        ...


class Courier:
    """Delivers. One attempt at a time; the engine comes back for the next one."""

    def __init__(
        self,
        rows: NotificationRepository,
        destinations: Destinations,
        sender: Sender,
        key: SigningKey,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._rows = rows
        self._destinations = destinations
        self._sender = sender
        self._key = key
        self._clock = clock
        self._chance = chance

    async def deliver(self, notification_id: str) -> float | None:
        """Makes an attempt when it is time for one. None: nothing is left to do; otherwise seconds until the next attempt."""
        notification = await self._rows.pending(notification_id)
        if notification is None:
            return None
        early_s = (notification.next_time - self._clock.now()).total_seconds()
        if early_s > 0:
            return early_s
        # Of the receiver's own trace nothing is known here, and ours is none of its business.
        with continuing("deliver notification", notification.traceparent):
            return await self._attempt(notification)

    async def _attempt(self, notification: Notification) -> float | None:
        try:
            destination = self._destinations.check(notification.url)
        except WebhookRefused as error:
            await self._give_up(notification, error.message)
            return None
        try:
            answer = await self._sender.post(destination, self._headers(notification), notification.body)
        except (Undelivered, WebhookRefused) as error:
            return await self._later(notification, destination, str(error))
        return await self._heard(notification, destination, answer)

    async def _heard(self, notification: Notification, destination: Destination, answer: Answer) -> float | None:
        if answer.delivered:
            WEBHOOK_ATTEMPTS.add(outcome="delivered")
            await self._rows.end(notification.notification_id, "delivered")
            return None
        problem = f"HTTP {answer.status}"
        if answer.status == HTTPStatus.GONE:
            await self._give_up(notification, problem)
            return None
        return await self._later(notification, destination, problem, answer.retry_after)

    def _headers(self, notification: Notification) -> dict[str, str]:
        return headers(self._key, notification.notification_id, self._clock.now(), notification.body)

    async def _later(
        self, notification: Notification, destination: Destination, problem: str, retry_after: str = ""
    ) -> float | None:
        now = self._clock.now()
        own_s = pause_s(notification.attempts + 1, self._chance)
        left_s = (notification.create_time + LIFE - now).total_seconds()
        wait_s = max(own_s, wished_pause_s(retry_after, now))
        if wait_s > left_s:
            await self._give_up(notification, problem)
            return None
        WEBHOOK_ATTEMPTS.add(outcome="failed")
        await self._rows.postpone(notification.notification_id, now, wait_s)
        get_logger().info("a notification failed; it is tried again", host=destination.host, problem=problem)
        return wait_s

    async def _give_up(self, notification: Notification, problem: str) -> None:
        WEBHOOK_ATTEMPTS.add(outcome="given_up")
        await self._rows.end(notification.notification_id, "given_up")
        get_logger().warning("a notification was given up", notification=notification.notification_id, problem=problem)
