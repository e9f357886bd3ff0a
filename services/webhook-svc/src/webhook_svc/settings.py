"""The settings of webhook-svc; nothing else reads the environment."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from chuangpei.settings import CommonSettings

Network = IPv4Network | IPv6Network


class Settings(CommonSettings):
    """Common settings, and how far and how patiently events are delivered.

    ``public_url`` is the origin that links in events begin with. ``allowed_networks`` are the private
    networks (CIDR, commas between) that may be delivered to, such as the government's own; without them only
    public addresses are. Plain ``http`` is taken in the embedded environment alone.
    ``attempt_seconds`` is how long a receiver may take in all; ``answer_bytes`` how much of its answer is
    kept, and ``answers_kept_days`` for how long. ``requests_per_minute`` is what one agency may ask of the
    API; ``lanes`` how many endpoints one process serves at a time.
    """

    public_url: str
    allowed_networks: str = ""
    attempt_seconds: float = 15.0
    answer_bytes: int = 1_024
    answers_kept_days: int = 30
    requests_per_minute: int = 600
    lanes: int = 500

    @property
    def https_only(self) -> bool:
        """Whether receivers must speak TLS."""
        return self.environment != "embedded"

    def networks(self) -> tuple[Network, ...]:
        """The private networks that may be delivered to; raises :class:`ValueError` for a malformed one."""
        return tuple(ip_network(one.strip()) for one in self.allowed_networks.split(",") if one.strip())
