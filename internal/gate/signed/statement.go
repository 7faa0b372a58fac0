// Package signed is the gate without a forge: statements that people sign with their SSH
// keys, kept in Git, and the evidence that follows from them.
//
// What it reads was pushed by somebody: nothing counts before its signature does, by a
// key that stood in allowed_signers both before the change and now. It judges nothing;
// that is gate.
package signed

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The namespaces of our signatures: one cannot be replayed as another.
const (
	ApprovalSpace = "approval@plumbline"
	BaselineSpace = "baseline@plumbline"
	LedgerSpace   = "ledger@plumbline"
	commitSpace   = "git"
)

// The verdicts of a statement.
const (
	Approve = "approve"
	Reject  = "reject"
)

const maxStatement = 2048

// Statement is what somebody says of one plan.
type Statement struct {
	Repo, Base, Head string // Base is the commit that the shown difference started from
	Inputs, Plan     string // hex digests
	Verdict          string
	Principal        string
	NotAfter         time.Time
}

// Bytes gives exactly what is signed.
func (s Statement) Bytes() []byte {
	return write("plumbline-approval-v1", []string{"repo", s.Repo, "base", s.Base, "head", s.Head,
		"inputs", "sha256:" + s.Inputs, "plan", "sha256:" + s.Plan, "verdict", s.Verdict,
		"principal", s.Principal, "not-after", s.NotAfter.UTC().Format(time.RFC3339)})
}

// ParseStatement reads exactly what Bytes writes, and nothing else.
func ParseStatement(b []byte) (Statement, error) {
	v, err := read(b, "plumbline-approval-v1", "repo", "base", "head", "inputs", "plan", "verdict", "principal", "not-after")
	if err != nil {
		return Statement{}, err
	}
	s := Statement{Repo: v[0], Base: v[1], Head: v[2], Inputs: strings.TrimPrefix(v[3], "sha256:"),
		Plan: strings.TrimPrefix(v[4], "sha256:"), Verdict: v[5], Principal: v[6]}
	if s.NotAfter, err = time.Parse(time.RFC3339, v[7]); err != nil {
		return Statement{}, errors.New("statement: not-after is no time")
	}
	if s.Verdict != Approve && s.Verdict != Reject {
		return Statement{}, fmt.Errorf("statement: verdict %q is neither approve nor reject", s.Verdict)
	}
	if string(s.Bytes()) != string(b) {
		return Statement{}, errors.New("statement: not in its one spelling")
	}
	return s, nil
}

// Baseline says which commit the devices hold before the first push.
type Baseline struct {
	Repo, Head, Principal string
	NotAfter              time.Time
}

// Bytes gives exactly what is signed.
func (s Baseline) Bytes() []byte {
	return write("plumbline-baseline-v1", []string{"repo", s.Repo, "head", s.Head,
		"principal", s.Principal, "not-after", s.NotAfter.UTC().Format(time.RFC3339)})
}

// ParseBaseline reads exactly what Bytes writes, and nothing else.
func ParseBaseline(b []byte) (Baseline, error) {
	v, err := read(b, "plumbline-baseline-v1", "repo", "head", "principal", "not-after")
	if err != nil {
		return Baseline{}, err
	}
	s := Baseline{Repo: v[0], Head: v[1], Principal: v[2]}
	if s.NotAfter, err = time.Parse(time.RFC3339, v[3]); err != nil {
		return Baseline{}, errors.New("statement: not-after is no time")
	}
	if string(s.Bytes()) != string(b) {
		return Baseline{}, errors.New("statement: not in its one spelling")
	}
	return s, nil
}

func write(head string, pairs []string) []byte {
	var b strings.Builder
	b.WriteString(head + "\n")
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString(pairs[i] + ": " + pairs[i+1] + "\n")
	}
	return []byte(b.String())
}

func read(b []byte, head string, keys ...string) (values []string, err error) {
	if len(b) > maxStatement {
		return nil, fmt.Errorf("statement: longer than %d bytes", maxStatement)
	}
	for _, c := range b {
		if c != '\n' && (c < ' ' || c > '~') {
			return nil, errors.New("statement: only plain ASCII is taken")
		}
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) != len(keys)+2 || lines[0] != head || lines[len(lines)-1] != "" {
		return nil, fmt.Errorf("statement: not a %s", head)
	}
	for i, key := range keys {
		value, ok := strings.CutPrefix(lines[i+1], key+": ")
		if !ok || value == "" {
			return nil, fmt.Errorf("statement: line %d is not %s", i+2, key)
		}
		values = append(values, value)
	}
	return values, nil
}
