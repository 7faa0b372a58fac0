package signed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/internal/gate"
	"plumbline/internal/repo"
)

// EvidenceSpace is the namespace of what a push keeps of a forge's answers.
const EvidenceSpace = "evidence@plumbline"

// record is what a forge answered, as push judged it: so that anybody can judge it again
// without the forge.
type record struct {
	Schema   string          `json:"schema"`
	Repo     string          `json:"repo"`
	Commit   string          `json:"commit"`
	Plan     string          `json:"plan"`
	At       time.Time       `json:"at"`
	Weak     []gate.Weakness `json:"weak"`
	Requests []gate.Request  `json:"requests"`
}

const recordSchema = "plumbline.dev/evidence/v1"

// Attest keeps what a forge answered about what is pushed, under the key that signs the
// ledger. Evidence without a word of a forge keeps nothing.
func Attest(r *repo.Repo, k Key, network, plan string, e gate.Evidence) error {
	rec := record{Schema: recordSchema, Repo: network, Commit: e.Tip, Plan: plan, At: e.Now.UTC().Truncate(time.Second), Weak: e.Weak}
	for _, l := range e.Landings {
		if l.Request != nil {
			rec.Requests = append(rec.Requests, *l.Request)
		}
	}
	if len(rec.Requests) == 0 {
		return nil
	}
	text, err := rec.bytes()
	if err != nil {
		return err
	}
	sig, err := k.Sign(EvidenceSpace, text)
	if err != nil {
		return err
	}
	return r.Put("evidence/"+e.Tip, append(text, sig...))
}

func (rec record) bytes() ([]byte, error) {
	b, err := json.Marshal(rec)
	return append(b, '\n'), err
}

// loadRecord gives what was kept for a deployed commit, proved by a key of the ledger; nil
// where nothing was.
func loadRecord(r *repo.Repo, commit string, today Signers) (*record, error) {
	b, err := r.Get("evidence/" + commit)
	if errors.Is(err, repo.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, sig := split(b)
	rec := new(record)
	if json.Unmarshal(text, rec) != nil || rec.Schema != recordSchema {
		return nil, fmt.Errorf("refs/plumbline/evidence/%s is damaged: fetch it again", commit)
	}
	if one, err := rec.bytes(); err != nil || !bytes.Equal(one, text) {
		return nil, fmt.Errorf("refs/plumbline/evidence/%s is not in its one spelling: it was tampered with", commit)
	}
	key, err := Verify(EvidenceSpace, text, sig)
	if err != nil {
		return nil, fmt.Errorf("refs/plumbline/evidence/%s: %w", commit, err)
	}
	if !today.mayRecord(key) {
		return nil, fmt.Errorf("refs/plumbline/evidence/%s was not signed by a key of the ledger", commit)
	}
	return rec, nil
}

// Request gives the request as it was answered then.
func (rec *record) Request(_ context.Context, commit string) (*gate.Request, error) {
	at := slices.IndexFunc(rec.Requests, func(q gate.Request) bool { return q.Landed == commit })
	if at < 0 {
		return nil, nil
	}
	return &rec.Requests[at], nil
}

// Teams adds nothing: who was in a team then stands in the request.
func (rec *record) Teams(context.Context, *gate.Request, []gate.Team, []gate.Account) error {
	return nil
}

// Protection gives what was weak then.
func (rec *record) Protection(context.Context, string) ([]gate.Weakness, error) { return rec.Weak, nil }
