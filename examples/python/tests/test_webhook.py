"""Whom to believe: the example of the standard, and everything that differs from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unittest

from city_service.webhook import Untrusted, is_key, verify

# The example in the libraries of the standard.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SENT_AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of this test, long enough").decode()

# The first key of RFC 8032, section 7.1.
PUBLIC_KEY = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SIGNED_WITH_IT = "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="


def signed(secret: str, sent_at: int = SENT_AT, body: bytes = BODY) -> str:
    """Signs a delivery."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{ID}.{sent_at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(signature: str, sent_at: object = SENT_AT) -> dict[str, str]:
    """Gives the headers of a delivery."""
    return {"Webhook-Id": ID, "Webhook-Timestamp": f"{sent_at}", "Webhook-Signature": signature}


class ADelivery(unittest.TestCase):
    """What makes a delivery one of Wijkoverleg."""

    def is_refused(self, signature: str, sent_at: object = SENT_AT, body: bytes = BODY, key: str = SECRET) -> None:
        """Asserts that a delivery is not believed."""
        with self.assertRaises(Untrusted):
            verify([key], headers(signature, sent_at), body, SENT_AT)

    def test_the_example_of_the_standard_is_believed(self) -> None:
        self.assertEqual(verify([SECRET], headers(SIGNATURE), BODY, SENT_AT), ID)
        self.assertEqual(signed(SECRET), SIGNATURE)

    def test_another_body_id_time_or_secret_is_not(self) -> None:
        self.is_refused(SIGNATURE, body=b'{"test":2432232314}')
        self.is_refused(SIGNATURE, sent_at=SENT_AT + 1)
        self.is_refused(SIGNATURE, key=OTHER_SECRET)
        with self.assertRaises(Untrusted):
            verify([SECRET], headers(SIGNATURE) | {"Webhook-Id": "msg_other"}, BODY, SENT_AT)

    def test_a_signature_that_is_none_is_refused(self) -> None:
        for signature in ["", "v1", "v1,", "v1,?", SIGNATURE[:-2], SIGNATURE.replace("v1", "v2"), SIGNATURE[3:]]:
            self.is_refused(signature)

    def test_one_of_several_signatures_is_enough_and_one_of_several_keys(self) -> None:
        both = f"{signed(OTHER_SECRET)} v2,unknown {SIGNATURE}"
        for keys in [[SECRET], [OTHER_SECRET], [SECRET, OTHER_SECRET]]:
            self.assertEqual(verify(keys, headers(both), BODY, SENT_AT), ID)
        self.assertEqual(verify([OTHER_SECRET, SECRET], headers(SIGNATURE), BODY, SENT_AT), ID)

    def test_five_minutes_are_tolerated_on_both_sides(self) -> None:
        for now in [SENT_AT - 300, SENT_AT + 300]:
            self.assertEqual(verify([SECRET], headers(SIGNATURE), BODY, now), ID)
        for now in [SENT_AT - 301, SENT_AT + 301]:
            with self.assertRaises(Untrusted):
                verify([SECRET], headers(SIGNATURE), BODY, now)
        for sent_at in ["", "now", "-1", "1e9", "٣", "9" * 30]:
            self.is_refused(SIGNATURE, sent_at)

    def test_a_header_that_is_missing_is_told(self) -> None:
        for name in ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"]:
            given = headers(SIGNATURE)
            del given[name]
            with self.assertRaisesRegex(Untrusted, name.lower()):
                verify([SECRET], given, BODY, SENT_AT)

    def test_a_public_key_believes_its_own_signature_only(self) -> None:
        self.assertEqual(verify([PUBLIC_KEY], headers(f"{SIGNATURE} {SIGNED_WITH_IT}"), BODY, SENT_AT), ID)
        self.is_refused(SIGNED_WITH_IT, body=b"{}", key=PUBLIC_KEY)
        self.is_refused(SIGNATURE, key=PUBLIC_KEY)
        self.is_refused(SIGNED_WITH_IT)
        self.is_refused("v1a,AAAA", key=PUBLIC_KEY)

    def test_without_a_sound_key_nothing_is_believed(self) -> None:
        for keys in [[], [""], ["whsec_"], ["whsec_?"], ["whpk_AAAA"], [SECRET, SECRET[6:]]]:
            self.assertFalse(all(is_key(key) for key in keys) and keys)
            with self.assertRaises(ValueError):
                verify(keys, headers(SIGNATURE), BODY, SENT_AT)
