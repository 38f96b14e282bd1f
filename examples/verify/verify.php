<?php
// Verifies one webhook of Halve; see docs/webhooks.md. PHP 7.4 or newer, nothing to install.
//
//   WEBHOOK_ID=… WEBHOOK_TIMESTAMP=… WEBHOOK_SIGNATURE=… WEBHOOK_SECRET=whsec_… php verify.php < body
//
// Ends with 0 if the message is genuine, otherwise with another code.

// --- copy from here ---
/**
 * True if Halve sent this message, unchanged, within the last five minutes.
 * $body is the raw body (file_get_contents('php://input')); $secret begins with whsec_.
 */
function verify_webhook(string $id, string $timestamp, string $signature, string $body, string $secret): bool
{
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    if ($key === false || strlen($key) < 24) {
        throw new InvalidArgumentException('the webhook secret is missing or too short');
    }
    if ($id === '' || !preg_match('/^[0-9]{1,11}$/D', $timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $id . '.' . $timestamp . '.' . $body, $key, true));
    // While a secret is replaced there are several signatures; one that fits is enough.
    foreach (explode(' ', $signature) as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}
// --- to here ---

$genuine = verify_webhook(
    (string) getenv('WEBHOOK_ID'),
    (string) getenv('WEBHOOK_TIMESTAMP'),
    (string) getenv('WEBHOOK_SIGNATURE'),
    (string) file_get_contents('php://stdin'),
    (string) getenv('WEBHOOK_SECRET')
);
echo $genuine ? "genuine\n" : "not genuine\n";
exit($genuine ? 0 : 1);
