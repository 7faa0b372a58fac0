package signed

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Key signs. It prints as its fingerprint alone.
type Key struct{ signer ssh.Signer }

// ParseKey reads an OpenSSH private key without a passphrase.
func ParseKey(text []byte) (Key, error) {
	s, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return Key{}, errors.New("the key is locked with a passphrase: sign with ssh-keygen -Y sign, or name a key without one")
	}
	if err != nil {
		return Key{}, errors.New("not an OpenSSH private key: make one with ssh-keygen -t ed25519")
	}
	return Key{s}, nil
}

// NewKey makes an ed25519 key, and gives it as it is kept in a file.
func NewKey(comment string) (Key, []byte, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return Key{}, nil, err
	}
	text := pem.EncodeToMemory(block)
	k, err := ParseKey(text)
	return k, text, err
}

// String gives the fingerprint.
func (k Key) String() string { return ssh.FingerprintSHA256(k.signer.PublicKey()) }

// GoString gives the fingerprint.
func (k Key) GoString() string { return k.String() }

// Authorized gives the public half as it stands in allowed_signers.
func (k Key) Authorized() string {
	return string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(k.signer.PublicKey())))
}

// Sign gives the armored signature of text in a namespace, as ssh-keygen -Y sign writes it.
func (k Key) Sign(space string, text []byte) ([]byte, error) {
	sig, err := sshsig.Sign(bytes.NewReader(text), k.signer, sshsig.HashSHA512, space)
	if err != nil {
		return nil, fmt.Errorf("cannot sign: %w", err)
	}
	return sshsig.Armor(sig), nil
}

// Verify tells which key signed text in a namespace.
func Verify(space string, text, armored []byte) (ssh.PublicKey, error) {
	sig, err := sshsig.Unarmor(armored)
	if err != nil {
		return nil, errors.New("the signature cannot be read")
	}
	if !oneSpelling(sig, armored) {
		return nil, errors.New("the signature is not in its one spelling: sign again")
	}
	if err := sshsig.Verify(bytes.NewReader(text), sig, sig.PublicKey, sig.HashAlgorithm, space); err != nil {
		return nil, fmt.Errorf("the signature does not hold: %w", err)
	}
	return sig.PublicKey, nil
}

// oneSpelling tells whether a signature is armored as we write it, or as ssh-keygen does: so
// no byte of it can be another one and the signature still hold.
func oneSpelling(sig *sshsig.Signature, armored []byte) bool {
	body := base64.StdEncoding.EncodeToString(sig.Marshal())
	for _, width := range []int{64, 70} {
		var out bytes.Buffer
		out.WriteString("-----BEGIN " + sshsig.PEMType + "-----\n")
		for line := range slices.Chunk([]byte(body), width) {
			out.Write(append(line[:len(line):len(line)], '\n'))
		}
		out.WriteString("-----END " + sshsig.PEMType + "-----\n")
		if bytes.Equal(armored, out.Bytes()) {
			return true
		}
	}
	return false
}

// fingerprint names a key in a ref.
func fingerprint(k ssh.PublicKey) string {
	sum := sha256.Sum256(k.Marshal())
	return hex.EncodeToString(sum[:])
}
