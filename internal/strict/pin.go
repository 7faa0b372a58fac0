package strict

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// pinKinds are the host keys that are strong enough to be trusted.
var pinKinds = []string{"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"}

// isPin tells whether s is a public host key of OpenSSH without a comment, or a digest of
// the key in a certificate. What stands before the blob must stand inside it too.
func isPin(s string) bool {
	if isSPKI(s) {
		return true
	}
	for _, kind := range pinKinds {
		if text, ok := strings.CutPrefix(s, kind+" "); ok {
			blob, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return false
			}
			inner, rest := lengthed(blob)
			return string(inner) == kind && body(kind, rest)
		}
	}
	return false
}

// lengthed takes a string with its length before it (RFC 4251) off b.
func lengthed(b []byte) (head, rest []byte) {
	if len(b) < 4 {
		return nil, nil
	}
	n := int(binary.BigEndian.Uint32(b))
	if n < 0 || n > len(b)-4 {
		return nil, nil
	}
	return b[4 : 4+n], b[4+n:]
}

// body holds the key itself to its size: an RSA modulus has 3072 bits or more.
func body(kind string, b []byte) bool {
	first, rest := lengthed(b)
	switch kind {
	case "ssh-ed25519":
		return len(first) == 32 && len(rest) == 0
	case "ssh-rsa":
		n, rest := lengthed(rest)
		return len(n) >= 384 && len(rest) == 0
	}
	point, rest := lengthed(rest)
	return string(first) == "nistp256" && len(point) == 65 && len(rest) == 0
}
