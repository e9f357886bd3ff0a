"""Signed facts that anyone can check, online or offline: one fact in several carriers.

``signing`` keys and signatures · ``documents`` JSON read strictly, written canonically · ``data_integrity``
and ``compact`` (VC-JWT) the W3C carriers · ``paper`` the code on paper · ``pdf`` and ``seal`` the sealed page
· ``status_list`` who was revoked · ``did_web`` who signs · ``achievement`` the credential itself ·
``checking`` reading any carrier.
"""
