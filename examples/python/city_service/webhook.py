"""Tells whether a delivery comes from Wijkoverleg: Standard Webhooks, with a secret or a public key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

TOLERANCE = 5 * 60


class Untrusted(Exception):
    """A delivery that is not to be believed."""


def verify(keys: Sequence[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Gives the id of a delivery, the same for each repetition; raises when no key fits.

    Keys are secrets, `whsec_…`, or public keys, `whpk_…`; while one is replaced, both are given. The body is the one
    that arrived, byte for byte: JSON that was read and written again is another text.
    """
    if not keys or not all(is_key(key) for key in keys):
        raise ValueError("a key is whsec_ or whpk_ with base64 after it")
    values = {name.lower(): value for name, value in headers.items()}
    try:
        id, sent_at = values["webhook-id"], values["webhook-timestamp"]
        signatures = values["webhook-signature"].split(" ")
    except KeyError as missing:
        raise Untrusted(f"it has no {missing.args[0]}") from None
    if not (sent_at.isascii() and sent_at.isdecimal() and len(sent_at) <= 12):
        raise Untrusted("its timestamp is no number")
    if abs(now - int(sent_at)) > TOLERANCE:
        raise Untrusted("it was sent too long ago, or a clock is wrong")
    content = b".".join([id.encode(), sent_at.encode(), body])
    # Every pair is tried, so that the time that it takes tells nothing.
    if not any([fits(key, signature, content) for key in keys for signature in signatures]):
        raise Untrusted("its signature fits no key")
    return id


def is_key(text: str) -> bool:
    """Tells whether a text is a key: a secret of 24 to 64 bytes, or a public key of 32."""
    kind, _, encoded = text.partition("_")
    length = len(decoded(encoded) or b"")
    return (kind == "whsec" and 24 <= length <= 64) or (kind == "whpk" and length == 32)


def fits(key: str, signature: str, content: bytes) -> bool:
    """Tells whether a key of ours made a signature, or belongs to the one that did."""
    version, _, encoded = signature.partition(",")
    given = decoded(encoded)
    if version == "v1" and key.startswith("whsec_"):
        secret = decoded(key.removeprefix("whsec_")) or b""
        return hmac.compare_digest(hmac.new(secret, content, hashlib.sha256).digest(), given or b"")
    if version == "v1a" and key.startswith("whpk_"):
        return signed_with_ed25519(decoded(key.removeprefix("whpk_")) or b"", given or b"", content)
    return False


def signed_with_ed25519(key: bytes, signature: bytes, content: bytes) -> bool:
    """Verifies with the package `cryptography`, which only those need who choose public keys."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(key)
    try:
        public.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def decoded(text: str) -> bytes | None:
    """Decodes base64; nothing when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
