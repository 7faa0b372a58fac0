package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"plumbline/drivers"
)

// algorithms names the signatures that each type of pinned key may prove itself with.
// SHA-1 is in none of them.
var algorithms = map[string][]string{
	ssh.KeyAlgoED25519:    {ssh.KeyAlgoED25519},
	ssh.KeyAlgoECDSA256:   {ssh.KeyAlgoECDSA256},
	ssh.KeyAlgoECDSA384:   {ssh.KeyAlgoECDSA384},
	ssh.KeyAlgoECDSA521:   {ssh.KeyAlgoECDSA521},
	ssh.KeyAlgoSKED25519:  {ssh.KeyAlgoSKED25519},
	ssh.KeyAlgoSKECDSA256: {ssh.KeyAlgoSKECDSA256},
	ssh.KeyAlgoRSA:        {ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
}

// wrongKey is what the host key check says; it carries what the device showed.
type wrongKey struct{ text string }

// Error says why a key is not taken.
func (w wrongKey) Error() string { return w.text }

// config builds the client side of the handshake: pinned keys only, one try for each
// credential, nobody asked anything. What it holds open is let go by done.
func config(t drivers.Target, l drivers.Login, lim Limits) (cfg *ssh.ClientConfig, done func(), err error) {
	done = func() {}
	keys, algos, err := pins(t)
	if err != nil {
		return nil, nil, err
	}
	cfg = &ssh.ClientConfig{User: l.User, Timeout: lim.Timeout, HostKeyAlgorithms: algos}
	cfg.HostKeyCallback = func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if slices.ContainsFunc(keys, func(k ssh.PublicKey) bool { return string(k.Marshal()) == string(key.Marshal()) }) {
			return nil
		}
		return wrongKey{"it shows " + show(key) + ", pinned is " + showAll(keys)}
	}
	if len(l.PrivateKey) > 0 {
		s, err := ssh.ParsePrivateKey(l.PrivateKey)
		if err != nil {
			return nil, nil, fail(t, drivers.ErrConfig, "credential "+t.Secret+" holds no private key that can be read", "store it as unencrypted PEM", nil)
		}
		cfg.Auth = append(cfg.Auth, ssh.PublicKeys(s))
	}
	if l.Password != "" {
		once := false
		cfg.Auth = append(cfg.Auth, ssh.Password(l.Password), ssh.KeyboardInteractive(
			func(_, _ string, asked []string, _ []bool) ([]string, error) {
				if len(asked) == 0 {
					return nil, nil
				}
				if once || len(asked) > 1 {
					return nil, errors.New("the device asks for more than a password")
				}
				once = true
				return []string{l.Password}, nil
			}))
	}
	if l.Agent != "" {
		c, err := net.Dial("unix", l.Agent)
		if err != nil {
			return nil, nil, fail(t, drivers.ErrConfig, "the agent of credential "+t.Secret+" does not answer", "start it, and add the key with ssh-add", err)
		}
		done = func() { c.Close() }
		cfg.Auth = append(cfg.Auth, ssh.PublicKeysCallback(agent.NewClient(c).Signers))
	}
	if len(cfg.Auth) == 0 {
		return nil, nil, fail(t, drivers.ErrConfig, "credential "+t.Secret+" holds neither key nor password", "", nil)
	}
	return cfg, done, nil
}

// pins reads the host keys of a target, in the form of authorized_keys or known_hosts.
func pins(t drivers.Target) (keys []ssh.PublicKey, algos []string, err error) {
	const hint = "add it with: ssh-keyscan, compare with the console, put it into the inventory"
	if len(t.Pins) == 0 {
		return nil, nil, fail(t, drivers.ErrConfig, "no host key is pinned", hint, nil)
	}
	for _, p := range t.Pins {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(p))
		if err != nil {
			return nil, nil, fail(t, drivers.ErrConfig, "a pinned host key cannot be read: "+verb(p), hint, nil)
		}
		a := algorithms[key.Type()]
		if a == nil {
			return nil, nil, fail(t, drivers.ErrConfig, "host keys of type "+key.Type()+" are not accepted", "pin an ed25519 key", nil)
		}
		keys = append(keys, key)
		for _, a := range a {
			if !slices.Contains(algos, a) {
				algos = append(algos, a)
			}
		}
	}
	return keys, algos, nil
}

func show(k ssh.PublicKey) string { return k.Type() + " " + ssh.FingerprintSHA256(k) }

func showAll(ks []ssh.PublicKey) string {
	var s []string
	for _, k := range ks {
		s = append(s, show(k))
	}
	return strings.Join(s, ", ")
}

// refused sorts the errors of a handshake.
func refused(ctx context.Context, t drivers.Target, l drivers.Login, err error) error {
	var wrong wrongKey
	var ne net.Error
	var none *ssh.AlgorithmNegotiationError
	text := err.Error()
	switch {
	case errors.As(err, &wrong):
		return fail(t, drivers.ErrHostKey, wrong.text, "nothing was sent; if the key was changed on purpose, change the pin in the inventory", nil)
	case ctx.Err() != nil:
		return fail(t, drivers.ErrUnreachable, "the handshake was given up", "", ctx.Err())
	case errors.As(err, &none) && none.What == "host key":
		return unproved(t, none.RequestedAlgorithms)
	case strings.Contains(text, "unable to authenticate"):
		return fail(t, drivers.ErrAuth, fmt.Sprintf("user %s, credential %s", l.User, t.Secret), "check the account on the device", nil)
	case errors.As(err, &ne) && ne.Timeout():
		return fail(t, drivers.ErrTimeout, "the handshake did not finish", "", nil)
	}
	return fail(t, drivers.ErrUnreachable, "the handshake failed", "", err)
}

// unproved says why a device that offers such signatures can prove no pinned key. The one of
// RFC 4253, section 6.6 alone rests on SHA-1.
func unproved(t drivers.Target, offers []string) error {
	if slices.Contains(offers, ssh.KeyAlgoRSA) && !slices.Contains(offers, ssh.KeyAlgoRSASHA256) && !slices.Contains(offers, ssh.KeyAlgoRSASHA512) {
		return fail(t, drivers.ErrHostKey, "it proves its RSA key by SHA-1 alone, which can be forged", "let it sign with rsa-sha2-256, or give it an ed25519 key and pin that", nil)
	}
	return fail(t, drivers.ErrHostKey, fmt.Sprintf("it has no key of a pinned type: it offers %q, pinned is %s", offers, fingerprints(t)), "pin one of the keys that it has", nil)
}

func fingerprints(t drivers.Target) string {
	keys, _, _ := pins(t)
	return showAll(keys)
}
