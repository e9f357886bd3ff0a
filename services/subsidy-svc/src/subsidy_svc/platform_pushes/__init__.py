"""What the city's platform is told of its claims (状态推送)."""
