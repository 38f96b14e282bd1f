// Verifies one webhook of Halve; see docs/webhooks.md. Go 1.20 or newer, standard library only.
//
//	WEBHOOK_ID=… WEBHOOK_TIMESTAMP=… WEBHOOK_SIGNATURE=… WEBHOOK_SECRET=whsec_… go run verify.go < body
//
// Ends with 0 if the message is genuine, otherwise with another code.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// --- copy from here ---

// VerifyWebhook returns nil if Halve sent this message, unchanged, within the last five minutes.
// body is the raw body, not parsed and written again; secret begins with whsec_.
func VerifyWebhook(id, timestamp, signature string, body []byte, secret string) error {
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(secret, "whsec_"), "="))
	if err != nil || len(key) < 24 {
		return errors.New("the webhook secret is missing or too short")
	}
	seconds, err := strconv.ParseUint(timestamp, 10, 36)
	if err != nil || id == "" {
		return errors.New("a webhook header is missing or not usable")
	}
	if age := time.Since(time.Unix(int64(seconds), 0)); age.Abs() > 5*time.Minute {
		return errors.New("the message is not of the last five minutes")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	// While a secret is replaced there are several signatures; one that fits is enough.
	for _, given := range strings.Split(signature, " ") {
		if hmac.Equal([]byte(given), []byte(expected)) {
			return nil
		}
	}
	return errors.New("no signature fits")
}

// --- to here ---

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = VerifyWebhook(
			os.Getenv("WEBHOOK_ID"),
			os.Getenv("WEBHOOK_TIMESTAMP"),
			os.Getenv("WEBHOOK_SIGNATURE"),
			body,
			os.Getenv("WEBHOOK_SECRET"),
		)
	}
	if err != nil {
		fmt.Println("not genuine:", err)
		os.Exit(1)
	}
	fmt.Println("genuine")
}
