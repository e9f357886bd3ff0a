"""What the certificates are called (证书名称)."""

from collections.abc import Mapping
from types import MappingProxyType

from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.refusals import Text

KIND_NAMES: Mapping[CertificateKind, Text] = MappingProxyType(
    {
        "entrepreneurship_completion": Text(
            "创业培训结业证书", "Certificate of completion of entrepreneurship training"
        ),
        "training_completion": Text("培训结业证书", "Certificate of completion of training"),
        "training_qualification": Text("培训合格证书", "Certificate of qualification"),
    }
)
"""C01, C03 · C02 · C02."""
