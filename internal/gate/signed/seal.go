package signed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/internal/repo"
)

// PlanSpace is the namespace of what the key that makes plans signs.
const PlanSpace = "plan@plumbline"

// none stands where there is no envelope before.
const none = "none"

// Seal is a plan that is being shown for a head.
type Seal struct {
	Key    Key
	Branch string // the protected one
	Head   string
	Plan   string
	At     time.Time // by the clock of the forge, so that approvals have the same one
}

// Show keeps, under the key that makes plans, that a plan is now shown for a head: approvals
// on a forge carry a commit and a time, and no digest. Each envelope names the one before it.
func Show(r *repo.Repo, s Seal) error {
	tip, err := r.Branch(s.Branch)
	if err != nil {
		return err
	}
	signers, pol, err := rules(r, tip)
	if err != nil {
		return err
	}
	if s.Key.signer == nil || !signers.mayPlan(s.Key.signer.PublicKey()) {
		return fmt.Errorf(`the key that seals plans is not in %s on %s: have its line added there: NAME namespaces="%s" %s`, SignersFile, s.Branch, PlanSpace, s.Key.Authorized())
	}
	head, err := r.Resolve(s.Head)
	if err != nil {
		return err
	}
	base, err := shownFrom(r, tip, head)
	if err != nil {
		return err
	}
	old, err := envelopes(r, head)
	if err != nil {
		return err
	}
	e := envelope{Repo: pol.Repo, Head: head, Base: base, Plan: s.Plan, At: s.At.UTC().Truncate(time.Second), Prev: none}
	if n := len(old); n > 0 {
		if e.Prev = old[n-1].digest(); e.At.Before(old[n-1].At) {
			return fmt.Errorf("the clock of the forge went back: %s, and the plan before was shown at %s", e.At.Format(time.RFC3339), old[n-1].At.Format(time.RFC3339))
		}
	}
	sig, err := s.Key.Sign(PlanSpace, e.bytes())
	if err != nil {
		return err
	}
	kept, err := r.Get("envelopes/" + head)
	if err != nil && !errors.Is(err, repo.ErrNone) {
		return err
	}
	return r.Put("envelopes/"+head, slices.Concat(kept, e.bytes(), sig))
}

// LastShown gives the plan that was shown last for a head; "" where none was. It proves
// nothing: the gate does.
func LastShown(r *repo.Repo, head string) (string, error) {
	all, err := envelopes(r, head)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[len(all)-1].Plan, nil
}

// envelope is one plan as it was shown.
type envelope struct {
	Repo, Head, Base, Plan string
	At                     time.Time
	Prev                   string // digest of the one before
	key                    ssh.PublicKey
}

const envelopeHead = "plumbline-envelope-v1"

func (e envelope) bytes() []byte {
	return write(envelopeHead, []string{"repo", e.Repo, "head", e.Head, "base", e.Base, "plan", "sha256:" + e.Plan,
		"shown", e.At.UTC().Format(time.RFC3339), "prev", e.Prev})
}

func (e envelope) digest() string {
	sum := sha256.Sum256(e.bytes())
	return hex.EncodeToString(sum[:])
}

// maxEnvelopes bounds what is kept of one head.
const maxEnvelopes = 1000

// envelopes gives what was shown for a head, oldest first. One that is damaged, taken out or
// moved refuses the whole of it: what was shown in between would not be known.
func envelopes(r *repo.Repo, head string) (out []envelope, err error) {
	kept, err := r.Get("envelopes/" + head)
	if errors.Is(err, repo.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	prev := none
	for len(kept) > 0 && len(out) < maxEnvelopes {
		var one []byte
		one, kept = firstSigned(kept)
		e, err := parseEnvelope(one)
		if err == nil && e.Prev != prev {
			err = errors.New("it does not follow the one before it")
		}
		if err != nil {
			return nil, fmt.Errorf("refs/plumbline/envelopes/%s: entry %d: %w: fetch it again from where it is whole", head, len(out)+1, err)
		}
		prev = e.digest()
		out = append(out, e)
	}
	if len(kept) > 0 {
		return nil, fmt.Errorf("refs/plumbline/envelopes/%s: more than %d plans", head, maxEnvelopes)
	}
	return out, nil
}

// firstSigned parts the first statement with its signature from those behind it.
func firstSigned(b []byte) (one, rest []byte) {
	const end = "-----END SSH SIGNATURE-----\n"
	at := bytes.Index(b, []byte(end))
	if at < 0 {
		return b, nil
	}
	return b[:at+len(end)], b[at+len(end):]
}

func parseEnvelope(b []byte) (e envelope, err error) {
	text, sig := split(b)
	v, err := read(text, envelopeHead, "repo", "head", "base", "plan", "shown", "prev")
	if err != nil {
		return e, err
	}
	e = envelope{Repo: v[0], Head: v[1], Base: v[2], Plan: string(bytes.TrimPrefix([]byte(v[3]), []byte("sha256:"))), Prev: v[5]}
	if e.At, err = time.Parse(time.RFC3339, v[4]); err != nil || !bytes.Equal(e.bytes(), text) {
		return e, errors.New("it is not in its one spelling")
	}
	e.key, err = Verify(PlanSpace, text, sig)
	return e, err
}

// mayPlan tells whether a key is listed for plans by name. That it ended since does not
// matter: what was shown was shown.
func (ss Signers) mayPlan(key ssh.PublicKey) bool {
	return slices.ContainsFunc(ss, func(a Allowed) bool {
		return slices.Contains(a.Namespaces, PlanSpace) && bytes.Equal(a.Key.Marshal(), key.Marshal())
	})
}
