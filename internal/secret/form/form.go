// Package form tells whether a secret that somebody keeps in the clear is the one that a device
// shows in another form: as a hash with a salt, or turned so that it can be turned back.
//
// What a device shows is not trusted: nothing is computed that it could make long, and what is
// not read to its last character is not known. Answers take as long for a secret as for another.
package form

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"

	"github.com/go-crypt/x/crypt"
	"golang.org/x/crypto/scrypt"
)

// The bounds of what is computed. A hash of more rounds is not known, however true.
const (
	mostRounds = 200_000
	longest    = 256 // bytes of a secret, and of what is shown
)

// Verdict is what a comparison gives.
type Verdict uint8

// The verdicts. A form that is not known says nothing.
const (
	Unknown Verdict = iota
	Same
	Differs
)

// Compare holds a secret in the clear against what a device shows, and the word that the device
// puts before it ("7", "9"; "" for none).
func Compare(secret, word, shown string) Verdict {
	if secret == "" || len(secret) > longest || len(shown) > longest {
		return Unknown
	}
	mark, rest, marked := strings.Cut(strings.TrimPrefix(shown, "$"), "$")
	if !marked || shown[0] != '$' {
		if word == "7" {
			return told(secret)(Seven(shown))
		}
		return Unknown
	}
	if mark == "9" && !strings.Contains(rest, "$") {
		return told(secret)(Nine(shown))
	}
	salt, want, ok := strings.Cut(rest, "$")
	if !ok || want == "" || strings.ContainsRune(want, '$') != strings.HasPrefix(salt, roundsAre) {
		return Unknown
	}
	made, known := hashed(secret, mark, salt, want)
	switch {
	case !known:
		return Unknown
	case subtle.ConstantTimeCompare(made, []byte(shown)) == 1:
		return Same
	}
	return Differs
}

// told compares what was turned back.
func told(secret string) func(string, bool) Verdict {
	return func(clear string, known bool) Verdict {
		switch {
		case !known:
			return Unknown
		case subtle.ConstantTimeCompare([]byte(clear), []byte(secret)) == 1:
			return Same
		}
		return Differs
	}
}

// wpa is the alphabet of types 8 and 9, which take their salts as they are written.
const wpa = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// hashed gives the whole of what a device would show for a secret; false where the form is not
// known, or would take too long.
func hashed(secret, mark, salt, want string) (shown []byte, known bool) {
	head := "$" + mark + "$" + salt + "$"
	var key []byte
	var err error
	switch mark {
	case "1":
		if len(salt) > 8 {
			return nil, false
		}
		return append([]byte(head), crypt.KeyMD5Crypt([]byte(secret), []byte(salt))...), true
	case "5":
		return shaCrypt(sha256.New, "$5$", secret, salt, want)
	case "6":
		return shaCrypt(sha512.New, "$6$", secret, salt, want)
	case "8":
		key, err = pbkdf2.Key(sha256.New, secret, []byte(salt), 20_000, sha256.Size)
	case "9":
		key, err = scrypt.Key([]byte(secret), []byte(salt), 16384, 1, 1, 32)
	default:
		return nil, false
	}
	return append([]byte(head), base64.NewEncoding(wpa).WithPadding(base64.NoPadding).EncodeToString(key)...), err == nil
}

// roundsAre stands before another number of rounds than 5,000.
const roundsAre = "rounds="

// shaCrypt is SHA-crypt: https://www.akkadia.org/drepper/SHA-crypt.txt
func shaCrypt(sum func() hash.Hash, mark, secret, salt, want string) ([]byte, bool) {
	rounds, head := 5000, mark
	if n, said := strings.CutPrefix(salt, roundsAre); said {
		var err error
		if rounds, err = strconv.Atoi(n); err != nil || rounds < 1000 || rounds > mostRounds || strconv.Itoa(rounds) != n {
			return nil, false
		}
		head += salt + "$"
		if salt, want, said = strings.Cut(want, "$"); !said || strings.ContainsRune(want, '$') {
			return nil, false
		}
	}
	if len(salt) > 16 {
		return nil, false
	}
	return append([]byte(head+salt+"$"), crypt.KeySHACrypt(sum, []byte(secret), []byte(salt), rounds)...), true
}
