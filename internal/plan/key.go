package plan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/tree"
)

// Key keys the digests of what devices hold, where secrets are among it. Without it whoever
// reads a plan, the ledger or the journal could try weak secrets until the digest fits. The
// zero Key gives no such digest.
type Key struct {
	secret  []byte
	passing bool
}

// leastKey is how many bytes a key has at least.
const leastKey = 32

// Passing is the name of a key that nobody keeps: what it names cannot be made again.
const Passing = "passing"

// NewKey makes a key that runners share.
func NewKey(secret []byte) (Key, error) {
	if len(secret) < leastKey {
		return Key{}, fmt.Errorf("it has %d bytes, and a key has %d or more: openssl rand -hex 32", len(secret), leastKey)
	}
	return Key{secret: secret}, nil
}

// PassingKey makes a key of one run, out of bytes that are drawn for it.
func PassingKey(drawn [leastKey]byte) Key { return Key{secret: drawn[:], passing: true} }

// Name tells two keys apart, and is said in the header of each plan that needed one.
func (k Key) Name() string {
	switch {
	case len(k.secret) == 0:
		return ""
	case k.passing:
		return Passing
	}
	return "key " + hex.EncodeToString(k.mac("plumbline/key/1", nil)[:4])
}

// Digest names all that a device holds.
func (k Key) Digest(t *tree.Tree) (string, error) { return k.over(tree.Digest(t), t) }

// Managed names what the lines of have say that want has too.
func (k Key) Managed(have, want *tree.Tree) (string, error) {
	return k.over(tree.Managed(have, want), have)
}

// Mark gives by what the value of a secret can be known again: the name of the key, and a digest that
// tells nothing to whoever has not got it. "" where nobody keeps the key.
func (k Key) Mark(ref, value string) string {
	if len(k.secret) == 0 || k.passing {
		return ""
	}
	return k.Name() + " " + hex.EncodeToString(k.mac("plumbline/secret/1", []byte(ref+"\x00"+value))[:16])
}

// Rotated tells whether a mark is of another value than the one given. A mark of another key, or of
// none, tells nothing.
func (k Key) Rotated(mark, ref, value string) bool {
	now := k.Mark(ref, value)
	return now != "" && strings.HasPrefix(mark, k.Name()+" ") && mark != now
}

// over gives a digest as it is; keyed, where it is over a text that holds secrets.
func (k Key) over(sum [32]byte, t *tree.Tree) (string, error) {
	switch {
	case len(tree.Secrets(t)) == 0:
		return hex.EncodeToString(sum[:]), nil
	case len(k.secret) == 0:
		return "", errors.New("it holds secrets, and there is no key to name it by")
	}
	return hex.EncodeToString(k.mac("plumbline/live/1", sum[:])), nil
}

func (k Key) mac(what string, b []byte) []byte {
	m := hmac.New(sha256.New, k.secret)
	m.Write(append([]byte(what+"\x00"), b...))
	return m.Sum(nil)
}
