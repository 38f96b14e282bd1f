# Verifies one webhook of Halve; see docs/webhooks.md. Python 3.9 or newer, nothing to install.
#
#   WEBHOOK_ID=… WEBHOOK_TIMESTAMP=… WEBHOOK_SIGNATURE=… WEBHOOK_SECRET=whsec_… python3 verify.py < body
#
# Ends with 0 if the message is genuine, otherwise with another code.

# --- copy from here ---
import base64
import hashlib
import hmac
import re
import time


def verify_webhook(id: str, timestamp: str, signature: str, body: bytes, secret: str) -> bool:
    """True if Halve sent this message, unchanged, within the last five minutes.

    `body` is the raw body, not parsed and written again; `secret` begins with whsec_.
    """
    key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    if len(key) < 24:
        raise ValueError("the webhook secret is missing or too short")
    if not id or not signature or not re.fullmatch("[0-9]{1,11}", timestamp or ""):
        return False
    if abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{id}.{timestamp}.".encode(errors="replace") + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While a secret is replaced there are several signatures; one that fits is enough.
    return any(hmac.compare_digest(given, expected) for given in signature.encode(errors="replace").split(b" "))
# --- to here ---


if __name__ == "__main__":
    import os
    import sys

    genuine = verify_webhook(
        os.environ.get("WEBHOOK_ID", ""),
        os.environ.get("WEBHOOK_TIMESTAMP", ""),
        os.environ.get("WEBHOOK_SIGNATURE", ""),
        sys.stdin.buffer.read(),
        os.environ.get("WEBHOOK_SECRET", ""),
    )
    print("genuine" if genuine else "not genuine")
    sys.exit(0 if genuine else 1)
