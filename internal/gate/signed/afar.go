package signed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"plumbline/internal/repo"
)

// JournalSpace is the namespace of what a runner keeps of its journal in Git.
const JournalSpace = "journal@plumbline"

const journalHead = "plumbline-journal-v1"

// SealJournal gives a journal as it is kept in Git: under the key that signs the ledger, since
// whoever may push there could else have us settle what nobody began. network is its number.
func SealJournal(k Key, network string, text []byte) ([]byte, error) {
	head := journalStatement(network, text)
	sig, err := k.Sign(JournalSpace, head)
	return slices.Concat(head, sig, text), err
}

func journalStatement(network string, text []byte) []byte {
	sum := sha256.Sum256(text)
	return write(journalHead, []string{"repo", network, "journal", "sha256:" + hex.EncodeToString(sum[:])})
}

// OpenJournal gives the text of a journal that was kept in Git, proved by a key of the ledger
// that stands at the branch, and the number of the network; nil has no text.
func OpenJournal(r *repo.Repo, branch string, kept []byte) (text []byte, network string, err error) {
	tip, err := r.Branch(branch)
	if err != nil {
		return nil, "", err
	}
	today, pol, err := rules(r, tip)
	if err != nil || kept == nil {
		return nil, pol.Repo, err
	}
	one, text := firstSigned(kept)
	head, sig := split(one)
	if !bytes.Equal(head, journalStatement(pol.Repo, text)) {
		return nil, "", errors.New("it is not the journal of this network, or was tampered with")
	}
	key, err := Verify(JournalSpace, head, sig)
	if err != nil {
		return nil, "", err
	}
	if !today.mayRecord(key) {
		return nil, "", fmt.Errorf("it was not signed by a key of the ledger that stands in %s", SignersFile)
	}
	return text, pol.Repo, nil
}
