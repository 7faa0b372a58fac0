package repo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// Entry is one line of the ledger: what one push left on each device.
type Entry struct {
	Seq     int      `json:"seq"`
	Prev    string   `json:"prev"` // digest of the entry before; "" for the first
	Commit  string   `json:"commit"`
	Plan    string   `json:"plan"`
	Tx      string   `json:"tx"`
	Devices []Device `json:"devices"`
	// Why nobody waited for a review.
	Emergency string `json:"emergency,omitempty"`
	Digest    string `json:"-"` // of the entry as it is kept: what the next one names as Prev
}

// Device is what a push left on one device.
type Device struct {
	Name     string `json:"name"`
	Leaf     string `json:"leaf"`
	State    State  `json:"state"`
	Live     string `json:"live"`     // digest of what it was read to hold
	Rendered string `json:"rendered"` // digest of what was rendered for it
	// Digest of the sealed file of all that it held before; where a runner keeps one.
	Archive string `json:"archive,omitempty"`
	// By what the value of each secret that it took can be known again, by reference; only with the
	// key of the repository.
	Secrets map[string]string `json:"secrets,omitempty"`
	// The push before which it held what it was brought back to; "" where it was given what intent says.
	Back string `json:"back,omitempty"`
}

// State is what became of a device in a push.
type State string

// The states.
const (
	New     State = "new"     // it holds what was planned
	Old     State = "old"     // it holds what it held
	Already State = "already" // it held what was planned, and was sent nothing
)

// Full tells whether every device took its change, so that the commit counts as deployed. One that
// was brought back to what it held before a push does not hold what the commit says.
func (e Entry) Full() bool {
	return !slices.ContainsFunc(e.Devices, func(d Device) bool { return d.State != New && d.State != Already || d.Back != "" })
}

// Signer signs an entry; Verifier says why a signature does not count.
type (
	Signer   func(text []byte) ([]byte, error)
	Verifier func(text, signature []byte) error
)

// sealed is an entry as it is kept.
type sealed struct {
	Body []byte `json:"body"`
	Sig  []byte `json:"sig"`
}

// Append adds an entry to the ledger: it gets its number and the digest of the one before.
func (r *Repo) Append(e Entry, sign Signer, verify Verifier) (Entry, error) {
	before, err := r.git.Reference(ours+"ledger", false)
	if err != nil && !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return e, err
	}
	lines, old, err := r.ledger(verify)
	if err != nil {
		return e, err
	}
	e.Seq, e.Prev = len(lines)+1, ""
	if len(lines) > 0 {
		e.Prev = lines[len(lines)-1].Digest
	}
	body, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	sig, err := sign(body)
	if err != nil {
		return e, fmt.Errorf("ledger: cannot sign: %w", err)
	}
	if err := verify(body, sig); err != nil {
		return e, fmt.Errorf("ledger: our own signature would not count (%w): put the ledger key into .plumbline/allowed_signers", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for _, s := range append(old, sealed{body, sig}) {
		if err := enc.Encode(s); err != nil {
			return e, err
		}
	}
	h, err := r.store(plumbing.BlobObject, out.Bytes())
	if err != nil {
		return e, err
	}
	if err := r.git.Storer.CheckAndSetReference(plumbing.NewHashReference(ours+"ledger", h), before); err != nil {
		return e, fmt.Errorf("ledger: somebody else wrote it meanwhile (%w): run again", err)
	}
	e.Digest = digest(body)
	return e, nil
}

// Ledger gives every entry, oldest first. One that was altered, taken out or moved, or
// that the verifier does not accept, refuses the whole of it.
func (r *Repo) Ledger(verify Verifier) ([]Entry, error) {
	es, _, err := r.ledger(verify)
	return es, err
}

func (r *Repo) ledger(verify Verifier) (es []Entry, kept []sealed, err error) {
	b, err := r.Get("ledger")
	if errors.Is(err, ErrNone) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	prev := ""
	for line := range bytes.Lines(b) {
		var s sealed
		var e Entry
		no := len(es) + 1
		if json.Unmarshal(line, &s) != nil || !json.Valid(s.Body) {
			return nil, nil, fmt.Errorf("ledger: entry %d is damaged: fetch refs/plumbline/ledger again", no)
		}
		body := json.NewDecoder(bytes.NewReader(s.Body))
		body.DisallowUnknownFields() // what is not known may change what all else means
		if body.Decode(&e) != nil {
			return nil, nil, fmt.Errorf("ledger: entry %d says what this version does not know: use the version that wrote it, or restore refs/plumbline/ledger", no)
		}
		if one, err := json.Marshal(s); err != nil || !bytes.Equal(append(one, '\n'), line) {
			return nil, nil, fmt.Errorf("ledger: entry %d is not in its one spelling: it was tampered with; restore refs/plumbline/ledger", no)
		}
		if e.Seq != no || e.Prev != prev {
			return nil, nil, fmt.Errorf("ledger: entry %d does not follow the one before it: it was tampered with; restore refs/plumbline/ledger", no)
		}
		if err := verify(s.Body, s.Sig); err != nil {
			return nil, nil, fmt.Errorf("ledger: entry %d was not signed by the ledger key (%w); restore refs/plumbline/ledger", no, err)
		}
		e.Digest = digest(s.Body)
		prev = e.Digest
		es, kept = append(es, e), append(kept, s)
	}
	return es, kept, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
