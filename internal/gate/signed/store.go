package signed

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/internal/gate"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

// StorePlan keeps a plan under its digest, which it gives.
func StorePlan(r *repo.Repo, p plan.Plan) (string, error) {
	d := p.Digest()
	return d, r.Put("plans/"+d, p.Encode())
}

// LoadPlan gives the plan of a digest. Bytes that do not come to that digest are refused.
func LoadPlan(r *repo.Repo, digest string) (plan.Plan, error) {
	if len(digest) != 64 || strings.Trim(digest, "0123456789abcdef") != "" {
		return plan.Plan{}, fmt.Errorf("%q is no plan digest: want its 64 hex digits", digest)
	}
	b, err := r.Get("plans/" + digest)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("plan %.12s: %w; fetch refs/plumbline/*, or make it again with diff", digest, err)
	}
	p, err := plan.Decode(b)
	if err == nil && p.Digest() != digest {
		err = errors.New("its bytes come to another digest: it was tampered with")
	}
	if err != nil {
		return plan.Plan{}, fmt.Errorf("gate/digest-differs: plan %.12s: %w; make it again with diff", digest, err)
	}
	return p, nil
}

// Request is what one person is about to say.
type Request struct {
	Key       Key
	Principal string // "": the one that allowed_signers gives the key
	Branch    string
	Plan      string // full digest
	Head      string // the commit they looked at
	Verdict   string // Approve or Reject
	NotAfter  time.Time
	Now       time.Time
}

// Say signs a statement on a plan and keeps it under refs/plumbline/approvals. It refuses
// what the gate would not count.
func Say(r *repo.Repo, q Request) (Statement, error) {
	_, who, _, err := speaker(r, q.Branch, q.Key, q.Principal, ApprovalSpace, q.Now)
	if err != nil {
		return Statement{}, err
	}
	q.Principal = who
	s, err := Draft(r, q)
	if err != nil {
		return s, err
	}
	sig, err := q.Key.Sign(ApprovalSpace, s.Bytes())
	if err != nil {
		return s, err
	}
	return s, Submit(r, s.Bytes(), sig)
}

// Draft gives the statement that Say would sign, for a key that we cannot reach: its bytes
// are signed with ssh-keygen -Y sign -n approval@plumbline, and handed to Submit.
func Draft(r *repo.Repo, q Request) (Statement, error) {
	tip, err := r.Branch(q.Branch)
	if err != nil {
		return Statement{}, err
	}
	_, pol, err := rules(r, tip)
	if err != nil {
		return Statement{}, err
	}
	p, err := LoadPlan(r, q.Plan)
	if err != nil {
		return Statement{}, err
	}
	head, err := r.Resolve(q.Head)
	if err != nil {
		return Statement{}, err
	}
	base, err := shownFrom(r, tip, head)
	if err != nil {
		return Statement{}, err
	}
	if !q.NotAfter.After(q.Now) || q.NotAfter.Sub(q.Now) > gate.Longest {
		return Statement{}, errors.New("an approval ends after now, and within 14 days")
	}
	s := Statement{Repo: pol.Repo, Base: base, Head: head, Inputs: p.Header.Inputs, Plan: q.Plan,
		Verdict: q.Verdict, Principal: q.Principal, NotAfter: q.NotAfter.UTC().Truncate(time.Second)}
	_, err = ParseStatement(s.Bytes())
	return s, err
}

// Submit keeps a statement that was signed elsewhere.
func Submit(r *repo.Repo, text, sig []byte) error {
	s, err := ParseStatement(text)
	if err != nil {
		return err
	}
	key, err := Verify(ApprovalSpace, text, sig)
	if err != nil {
		return err
	}
	return r.Put(s.name(key), append(bytes.Clone(text), sig...))
}

// name is where a statement is kept: a key has one word on each head of a plan, and its later one
// takes the place of the one before. Versions before named no head.
func (s Statement) name(key ssh.PublicKey) string { return s.oldName(key) + "-" + s.Head }

func (s Statement) oldName(key ssh.PublicKey) string {
	return "approvals/" + s.Plan + "/" + fingerprint(key)
}

// SayBaseline signs that the devices hold what the tip of a branch says, or nothing of
// ours yet. Without a ledger this is where the first push starts from.
func SayBaseline(r *repo.Repo, k Key, principal, branch string, now, notAfter time.Time) (Baseline, error) {
	tip, who, pol, err := speaker(r, branch, k, principal, BaselineSpace, now)
	if err != nil {
		return Baseline{}, err
	}
	s := Baseline{Repo: pol.Repo, Head: tip, Principal: who, NotAfter: notAfter.UTC().Truncate(time.Second)}
	return s, keep(r, "baseline/"+tip, BaselineSpace, k, s.Bytes())
}

// speaker finds who holds a key, by the signers and the policy at the tip of a branch.
func speaker(r *repo.Repo, branch string, k Key, principal, space string, now time.Time) (tip, who string, pol gate.Policy, err error) {
	if k.signer == nil {
		return "", "", pol, errors.New("no key to sign with: name one with --key")
	}
	if tip, err = r.Branch(branch); err != nil {
		return "", "", pol, err
	}
	signers, pol, err := rules(r, tip)
	if err != nil {
		return "", "", pol, err
	}
	names := signers.names(space, k.signer.PublicKey(), now)
	for _, n := range names {
		if n == principal || principal == "" && len(names) == 1 {
			return tip, n, pol, nil
		}
	}
	switch {
	case len(names) == 0:
		err = fmt.Errorf("key %s is not in %s on %s for %s: have its line added there: NAME %s", k, SignersFile, branch, space, k.Authorized())
	case principal == "":
		err = fmt.Errorf("key %s is of several people, %s: say which with --as", k, strings.Join(names, " and "))
	default:
		err = fmt.Errorf("key %s may not sign as %q, but as %s: see %s on %s", k, principal, strings.Join(names, " or "), SignersFile, branch)
	}
	return "", "", pol, err
}

// rules reads who decides at a commit.
func rules(r *repo.Repo, commit string) (Signers, gate.Policy, error) {
	var tree fs.FS
	tree, _, err := r.At(commit)
	if err != nil {
		return nil, gate.Policy{}, err
	}
	signers, err := readSigners(tree)
	if err != nil {
		return nil, gate.Policy{}, err
	}
	pol, ds := gate.ReadPolicy(tree)
	return signers, pol, ds.Err()
}

// shownFrom gives the commit that a head is compared with: where it left the branch, even
// when it has landed since.
func shownFrom(r *repo.Repo, tip, head string) (string, error) {
	at := tip
	for {
		in, err := r.IsAncestor(head, at)
		if err != nil {
			return "", err
		}
		if !in {
			return r.MergeBase(at, head)
		}
		i, err := r.Info(at)
		if err != nil {
			return "", err
		}
		if len(i.Parents) == 0 {
			return "", fmt.Errorf("%.12s is the first commit of the branch: nothing was changed by it", head)
		}
		at = i.Parents[0]
	}
}

func keep(r *repo.Repo, folder, space string, k Key, text []byte) error {
	sig, err := k.Sign(space, text)
	if err != nil {
		return err
	}
	return r.Put(folder+"/"+fingerprint(k.signer.PublicKey()), append(bytes.Clone(text), sig...))
}

// split parts a statement from the signature under it.
func split(b []byte) (text, sig []byte) {
	at := bytes.Index(b, []byte("-----BEGIN SSH SIGNATURE-----"))
	if at < 0 {
		return b, nil
	}
	return b[:at], b[at:]
}

// Record adds an entry to the ledger, under the ledger key.
func Record(r *repo.Repo, branch string, k Key, e repo.Entry) (repo.Entry, error) {
	signers, err := signersAt(r, branch)
	if err != nil {
		return e, err
	}
	return r.Append(e, func(b []byte) ([]byte, error) { return k.Sign(LedgerSpace, b) }, signers.ledger)
}

// MayRecord tells why entries under a key would not count at the tip of a branch; nil
// where they would. It is asked before anything is sent.
func MayRecord(r *repo.Repo, branch string, k Key) error {
	signers, err := signersAt(r, branch)
	if err != nil {
		return err
	}
	text := []byte("the ledger key signs")
	sig, err := k.Sign(LedgerSpace, text)
	if err != nil {
		return err
	}
	return signers.ledger(text, sig)
}

// Ledger gives every entry of the ledger, proved by the keys that stand at a branch.
func Ledger(r *repo.Repo, branch string) ([]repo.Entry, error) {
	var signers Signers
	return r.Ledger(func(text, sig []byte) (err error) {
		if signers == nil { // a network that nothing was pushed to yet needs nobody who may sign
			if signers, err = signersAt(r, branch); err != nil {
				return err
			}
		}
		return signers.ledger(text, sig)
	})
}

// Audited gives every entry, proved by keys that somebody brought along as well as by those
// at the branch.
func Audited(r *repo.Repo, branch string, auditor Signers) ([]repo.Entry, error) {
	signers, err := signersAt(r, branch)
	if err != nil {
		return nil, err
	}
	return r.Ledger(signers.among(auditor).ledger)
}

// signersAt gives who may sign at the tip of a branch.
func signersAt(r *repo.Repo, branch string) (Signers, error) {
	tip, err := r.Branch(branch)
	if err != nil {
		return nil, err
	}
	signers, _, err := rules(r, tip)
	return signers, err
}

// ledger accepts a key that is listed for the ledger by name. Its times do not matter: an
// old entry stays true when its key has ended.
func (ss Signers) ledger(text, sig []byte) error {
	key, err := Verify(LedgerSpace, text, sig)
	if err != nil {
		return err
	}
	if ss.mayRecord(key) {
		return nil
	}
	return fmt.Errorf(`key %s is not in %s with namespaces="%s"`, ssh.FingerprintSHA256(key), SignersFile, LedgerSpace)
}
