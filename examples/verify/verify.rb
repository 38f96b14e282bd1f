# Verifies one webhook of Halve; see docs/webhooks.md. Ruby 3.0 or newer, nothing to install.
#
#   WEBHOOK_ID=… WEBHOOK_TIMESTAMP=… WEBHOOK_SIGNATURE=… WEBHOOK_SECRET=whsec_… ruby verify.rb < body
#
# Ends with 0 if the message is genuine, otherwise with another code.

# --- copy from here ---
require "openssl"

# True if Halve sent this message, unchanged, within the last five minutes.
# body is the raw body, not parsed and written again; secret begins with whsec_.
def verify_webhook(id, timestamp, signature, body, secret)
  key = secret.to_s.delete_prefix("whsec_").unpack1("m")
  raise ArgumentError, "the webhook secret is missing or too short" if key.bytesize < 24
  return false if id.to_s.empty? || !timestamp.to_s.match?(/\A[0-9]{1,11}\z/)
  return false if (Time.now.to_i - timestamp.to_i).abs > 300

  digest = OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)
  expected = "v1,#{[digest].pack('m0')}"
  # While a secret is replaced there are several signatures; one that fits is enough.
  signature.to_s.split(" ").any? { |given| OpenSSL.secure_compare(given, expected) }
end
# --- to here ---

genuine = verify_webhook(
  ENV["WEBHOOK_ID"],
  ENV["WEBHOOK_TIMESTAMP"],
  ENV["WEBHOOK_SIGNATURE"],
  $stdin.binmode.read,
  ENV["WEBHOOK_SECRET"]
)
puts genuine ? "genuine" : "not genuine"
exit(genuine ? 0 : 1)
