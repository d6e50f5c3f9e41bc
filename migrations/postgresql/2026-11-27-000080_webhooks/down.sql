DROP TABLE webhook_deliveries;
DROP TABLE webhook_progress;
DROP TABLE webhook_subscriptions;
