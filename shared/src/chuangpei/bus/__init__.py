"""The message bus (消息总线): one interface, carried by Kafka or by PostgreSQL."""
