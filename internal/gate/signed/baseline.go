package signed

import (
	"slices"
	"time"

	"plumbline/internal/repo"
)

// Deployed gives the commit that all devices were brought to last, by the ledger or a
// signed baseline; "" where nothing tells.
func Deployed(r *repo.Repo, branch string, now time.Time) (string, error) {
	tip, err := r.Branch(branch)
	if err != nil {
		return "", err
	}
	today, _, err := rules(r, tip)
	if err != nil {
		return "", err
	}
	done, err := r.Ledger(today.ledger)
	if err != nil {
		return "", err
	}
	return deployed(r, done, tip, today, now)
}

func deployed(r *repo.Repo, done []repo.Entry, tip string, today Signers, now time.Time) (string, error) {
	for _, e := range slices.Backward(done) {
		if e.Full() {
			return e.Commit, nil
		}
	}
	names, err := r.List("baseline")
	if err != nil {
		return "", err
	}
	said := map[string][]string{}
	for _, name := range names {
		b, err := r.Get(name)
		if err != nil {
			return "", err
		}
		text, sig := split(b)
		s, err := ParseBaseline(text)
		if err != nil || !now.Before(s.NotAfter) {
			continue
		}
		key, err := Verify(BaselineSpace, text, sig)
		if err == nil && today.Allows(s.Principal, BaselineSpace, key, now) && !slices.Contains(said[s.Head], s.Principal) && signedAt(r, s, sig) {
			said[s.Head] = append(said[s.Head], s.Principal)
		}
	}
	return newest(r, said, tip)
}

// signedAt tells whether a baseline is of the network at its commit, whose policy must
// know whoever signs.
func signedAt(r *repo.Repo, s Baseline, sig []byte) bool {
	signers, pol, err := rules(r, s.Head)
	if err != nil || pol.Repo != s.Repo || !pol.Knows(s.Principal) {
		return false
	}
	key, err := Verify(BaselineSpace, s.Bytes(), sig)
	return err == nil && slices.Contains(signers.names(BaselineSpace, key, time.Time{}), s.Principal)
}

// newest gives the latest baseline on the branch that enough people signed: two, or one
// where the network is a lab.
func newest(r *repo.Repo, said map[string][]string, tip string) (string, error) {
	for at := tip; len(said) > 0; {
		if who := said[at]; len(who) > 0 {
			_, pol, err := rules(r, at)
			if err != nil {
				return "", err
			}
			if len(who) >= 2 || pol.Lab {
				return at, nil
			}
		}
		i, err := r.Info(at)
		if err != nil || len(i.Parents) == 0 {
			return "", err
		}
		at = i.Parents[0]
	}
	return "", nil
}
