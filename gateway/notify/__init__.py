"""Signed notifications: who asked for it is told when an analysis has ended (Standard Webhooks; docs/webhooks.md).

How the rooms beside this one use it:

1. When an order comes in: `Destinations.check(notify_url)` raises WebhookRefused for an address that the operator does not allow.
   The address is kept in the column `notify_url` of the analysis.
2. In the transaction that ends an analysis, whatever the end: `await add_notification(connection, analysis)` of
   `gateway.storage.sql_notifications` reads that column and writes the notification, if one is wanted. It answers its id.
3. After that transaction a job of kind "notification" with that id goes to the engine. Should the process die in between,
   `Reminder.sweep`, which the janitor calls, hands it over a minute later.
4. `Work.deliver(notification_id)` is `Courier.deliver(notification_id)`. For a pause of more than a minute the job ends, and
   `Reminder.sweep` hands the notification over again when it is due.

Rows go with their analyses. The engine knows nothing of a notification but its random id, and a job whose row is gone ends by
itself.
"""
